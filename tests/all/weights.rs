//! Networks are loaded from files bit for bit; files of other contents are refused, and the error names the array.

use lenet5::section1::{Network, Parameters};
use lenet5::section2::{C3, Curvature, FullConnection, LeNet5, Rbf, Softmax, Variant};
use lenet5::today::{BatchNormalisation, Blocks};
use lenet5::weights::{WeightsError, load, save};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use safetensors::tensor::{Dtype, TensorView, serialize};
use std::fs;
use tempfile::TempDir;

/// Name, type, shape and bytes of an array in a file.
type Array = (String, Dtype, Vec<usize>, Vec<u8>);

/// LeNet-5 with codes; all arrays are random, running moments too.
fn network(variant: &Variant, blocks: &Blocks, seed: u64) -> Network<f32> {
    let random = &mut ChaCha8Rng::seed_from_u64(seed);
    let net = blocks.build(variant, LeNet5::INPUT, &LeNet5::layers(variant.c3), random);
    let mut net = net.and_then(|net| net.with_output(Rbf::paper())).expect("84 units");
    net.arrays_mut().flatten().for_each(|w| *w += random.random_range(-0.1..0.1));
    for layer in ["C1", "F6"] {
        let normalisation = net.layer_mut::<BatchNormalisation<f32>>(layer).into_iter();
        normalisation.for_each(|layer| layer.mean.mapv_inplace(|_| random.random_range(-1.0..1.0)));
    }
    net
}

fn plain(seed: u64) -> Network<f32> {
    network(&Variant::default(), &Blocks::default(), seed)
}

fn bits(net: &Network<f32>) -> Vec<(String, Vec<usize>, Vec<u32>)> {
    let tensors = net.tensors().into_iter();
    tensors.map(|one| (one.name, one.shape, one.values.iter().map(|w| w.to_bits()).collect())).collect()
}

/// The result of `load` for a file with these arrays: names, types, shapes, bytes.
fn loaded(arrays: &[Array], mut net: Network<f32>) -> Result<Network<f32>, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("net.safetensors");
    let view = |(name, dtype, shape, bytes): &Array| {
        (
            name.clone(),
            TensorView::new(*dtype, shape.clone(), bytes).unwrap().dtype(),
            shape.clone(),
            bytes.clone(),
        )
    };
    let owned: Vec<_> = arrays.iter().map(view).collect();
    let views = owned
        .iter()
        .map(|(name, dtype, shape, bytes)| (name, TensorView::new(*dtype, shape.clone(), bytes).unwrap()));
    fs::write(&path, serialize(views, None).unwrap()).unwrap();
    let outcome = load(&mut net, &path);
    outcome.map(|()| net).map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
}

/// The arrays of a network as a file has them.
fn arrays(net: &Network<f32>) -> Vec<Array> {
    let array = |(name, shape, bits): (String, Vec<usize>, Vec<u32>)| {
        (name, Dtype::F32, shape, bits.into_iter().flat_map(u32::to_le_bytes).collect())
    };
    bits(net).into_iter().map(array).collect()
}

/// A file in which `spoil` has changed the array of this name.
fn spoilt(name: &str, spoil: impl Fn(&mut Array)) -> Result<Network<f32>, String> {
    let mut arrays = arrays(&plain(1));
    spoil(arrays.iter_mut().find(|array| array.0 == name).expect("an array"));
    loaded(&arrays, plain(2))
}

#[test]
fn a_saved_network_is_loaded() {
    let all = Blocks { batch_normalisation: true, dropout: 0.2, ..Blocks::default() };
    let fixed = Variant { c3: C3::Full, trained_subsampling: false, ..Variant::default() };
    for (variant, blocks) in [(Variant::default(), Blocks::default()), (fixed, all)] {
        let (net, mut other) = (network(&variant, &blocks, 1), network(&variant, &blocks, 2));
        assert_ne!(bits(&net), bits(&other), "the control");
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("net.safetensors");
        fs::write(&path, "something else").unwrap();
        save(&net, &path).unwrap();
        load(&mut other, &path).unwrap();
        assert_eq!((bits(&other), &other), (bits(&net), &net));
        // Arrays may come in any order, with others among them.
        let mut arrays = arrays(&net);
        arrays.reverse();
        arrays.push(("mean.c1.weight".into(), Dtype::F32, vec![1], vec![0; 4]));
        assert_eq!(loaded(&arrays, network(&variant, &blocks, 3)), Ok(net));
    }
}

#[test]
fn arrays_of_another_network_are_refused_by_name() {
    assert_eq!(spoilt("c5.bias", |_| ()), Ok(plain(1)), "the control");
    let refused = |name: &str, spoil: &dyn Fn(&mut Array), message: &str| {
        assert_eq!(spoilt(name, spoil).map(drop), Err(format!("FILE {message}")));
    };
    refused(
        "f6.weight",
        &|array| array.0 = "f7.weight".into(),
        "holds no f6.weight; the network has one of shape [84, 120]: rename f7.weight, which has this shape, if it is the \
         same",
    );
    refused(
        "f6.weight",
        &|array| array.2.reverse(),
        "holds f6.weight of shape [120, 84]; the network has one of shape [84, 120]: transpose it",
    );
    refused(
        "s2.bias",
        &|array| array.1 = Dtype::I32,
        "holds s2.bias as I32; expected F32, F64, F16 or BF16: convert it",
    );
    for (number, name) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        let spoil = |array: &mut Array| array.3[20..24].copy_from_slice(&number.to_le_bytes());
        refused("rbf.codes", &spoil, &format!("holds {number} in rbf.codes; weights are finite"));
        assert_eq!(number.to_string(), name);
    }
    // Map 0 of C3 is connected to maps 0, 1 and 2 of S2: its kernel for map 3 is 0.
    let spoil = |array: &mut Array| {
        array.3[4 * 3 * 25..4 * 3 * 25 + 4].copy_from_slice(&1e-3_f32.to_le_bytes());
    };
    refused(
        "c3.weight",
        &spoil,
        "has weights in c3.weight that are not 0 where the layer's table has no connection",
    );
}

#[test]
fn files_of_other_networks_are_refused() {
    let says = |arrays: &[_], net: Network<f32>, message: &str| {
        assert_eq!(loaded(arrays, net).map(drop), Err(format!("FILE {message}")));
    };
    let full = network(&Variant { c3: C3::Full, ..Variant::default() }, &Blocks::default(), 1);
    says(
        &arrays(&full),
        plain(2),
        "has weights in c3.weight that are not 0 where the layer's table has no connection",
    );
    let output = FullConnection::new(84, 10, &mut ChaCha8Rng::seed_from_u64(1));
    let softmax = Softmax { output, curvature: Curvature::Exact };
    let softmax = LeNet5::network(softmax, &Variant::default(), &mut ChaCha8Rng::seed_from_u64(1));
    says(
        &arrays(&plain(1)),
        softmax.unwrap(),
        "holds no output.weight; the network has one of shape [10, 84]",
    );
    let normalised =
        network(&Variant::default(), &Blocks { batch_normalisation: true, ..Blocks::default() }, 1);
    says(&arrays(&plain(1)), normalised, "holds no c1.gain; the network has one of shape [6]");
}

#[test]
fn files_without_arrays_are_refused() {
    let folder = TempDir::new().unwrap();
    let (nowhere, garbage) = (folder.path().join("nowhere/net"), folder.path().join("garbage"));
    fs::write(&garbage, b"\x10\0\0\0\0\0\0\0not a network...").unwrap();
    let mut net = plain(1);
    assert!(matches!(load(&mut net, &nowhere), Err(WeightsError::Read { path, .. }) if path == nowhere));
    assert!(matches!(save(&net, &nowhere), Err(WeightsError::Write { path, .. }) if path == nowhere));
    let message = load(&mut net, &garbage).unwrap_err().to_string();
    assert!(message.contains("garbage is not a whole safetensors file"), "{message}");
    save(&net, &garbage).unwrap();
    let bytes = fs::read(&garbage).unwrap();
    fs::write(&garbage, &bytes[..bytes.len() - 1]).unwrap();
    assert!(load(&mut net, &garbage).is_err(), "cut short");
    assert_eq!(net, plain(1), "nothing was changed");
}

/// A half-precision number, for numbers of at most 11 bits between -2 and 2.
fn to_half(number: f32) -> u16 {
    let (sign, k) = (u16::from(number < 0.0) << 15, (number.abs() * 1024.0) as u16);
    assert!(k < 2048 && f32::from(k) == number.abs() * 1024.0, "{number}");
    match k.checked_ilog2() {
        None => sign,
        Some(e) => sign | ((e as u16 + 5) << 10) | ((k << (10 - e)) & 1023),
    }
}

/// The arrays in another precision, each number through `convert`.
fn converted(net: &Network<f32>, dtype: Dtype, convert: impl Fn(f32) -> Vec<u8>) -> Vec<Array> {
    let numbers =
        |bytes: &[u8]| bytes.as_chunks().0.iter().map(|&word| f32::from_le_bytes(word)).collect::<Vec<_>>();
    let array = |(name, _, shape, bytes): Array| {
        (name, dtype, shape, numbers(&bytes).into_iter().flat_map(&convert).collect())
    };
    arrays(net).into_iter().map(array).collect()
}

#[test]
fn other_precisions_are_read() {
    let mut net = plain(1);
    // Numbers that all of these can hold.
    net.arrays_mut().flatten().for_each(|w| *w = (*w * 64.0).round() / 64.0);
    let mut codes = net.tensors().pop().unwrap();
    codes.values.iter_mut().for_each(|w| *w = (*w * 64.0).round() / 64.0);
    net.set_tensor(&codes).unwrap();
    for (dtype, convert) in [
        (Dtype::F64, (|w| f64::from(w).to_le_bytes().into()) as fn(f32) -> Vec<u8>),
        (Dtype::BF16, |w| ((w.to_bits() >> 16) as u16).to_le_bytes().into()),
        (Dtype::F16, |w| to_half(w).to_le_bytes().into()),
    ] {
        let read = loaded(&converted(&net, dtype, convert), plain(2));
        assert!(read.as_ref() == Ok(&net), "{dtype:?}: {:?}", read.err());
    }
}

#[test]
fn every_half_precision_number_is_read() {
    let bias = |numbers: [u16; 6]| {
        let mut arrays = arrays(&plain(1));
        let array = arrays.iter_mut().find(|array| array.0 == "c1.bias").unwrap();
        (array.1, array.3) = (Dtype::F16, numbers.iter().flat_map(|number| number.to_le_bytes()).collect());
        let read = loaded(&arrays, plain(2))?;
        Ok::<_, String>(read.tensors().into_iter().find(|array| array.name == "c1.bias").unwrap().values)
    };
    // From the tables of IEEE 754: one, the largest, the smallest, the largest subnormal, nearest to 1/3, -0.
    let numbers = bias([0x3c00, 0x7bff, 0x0001, 0x03ff, 0x3555, 0x8000]).unwrap();
    assert_eq!(numbers, [1.0, 65504.0, 5.9604645e-8, 6.097555e-5, 0.33325195, 0.0]);
    assert!(numbers[5].is_sign_negative());
    for (bits, name) in [(0x7c00, "inf"), (0xfc00, "-inf"), (0x7e00, "NaN")] {
        let refused = bias([0, 0, bits, 0, 0, 0]).unwrap_err();
        assert_eq!(refused, format!("FILE holds {name} in c1.bias; weights are finite"));
    }
}

#[test]
fn numbers_beyond_the_precision_are_refused() {
    let mut arrays = converted(&plain(1), Dtype::F64, |w| f64::from(w).to_le_bytes().into());
    let array = arrays.iter_mut().find(|array| array.0 == "s4.coefficient").unwrap();
    array.3[8..16].copy_from_slice(&1e300_f64.to_le_bytes());
    let refused = loaded(&arrays, plain(2)).unwrap_err();
    assert_eq!(refused, "FILE holds 1e300 in s4.coefficient, too large for 32 bits");
}

/// The arrays with a prefix before each name.
fn prefixed(prefix: &str, net: &Network<f32>) -> Vec<Array> {
    let mut arrays = arrays(net);
    arrays.iter_mut().for_each(|array| array.0.insert_str(0, prefix));
    arrays
}

#[test]
fn a_common_prefix_is_no_matter() {
    let net = plain(1);
    for prefix in ["module.", "model.", "net.0.", "_orig_mod.module.", "c1.weight."] {
        assert_eq!(loaded(&prefixed(prefix, &net), plain(2)), Ok(net.clone()), "{prefix}");
    }
    // The memory of a rule has a prefix, too, and another program adds its own before it.
    let with_memory =
        |prefix: &str| [prefixed(prefix, &net), prefixed(&format!("{prefix}velocity."), &plain(3))].concat();
    assert_eq!(loaded(&with_memory(""), plain(2)), Ok(net.clone()));
    assert_eq!(loaded(&with_memory("module."), plain(2)), Ok(net.clone()));
    let twice = [prefixed("student.", &net), prefixed("teacher.", &plain(3))].concat();
    let refused = loaded(&twice, plain(2)).unwrap_err();
    assert_eq!(
        refused,
        "FILE holds two networks, under the prefixes student. and teacher.: remove one of them"
    );
    // A prefix without a dot makes another name.
    assert!(loaded(&prefixed("my", &net), plain(2)).unwrap_err().contains("holds no c1.weight"));
}

#[test]
fn a_missing_array_is_looked_for_under_other_names() {
    let mut missing = prefixed("module.", &plain(1));
    missing.iter_mut().find(|array| array.0 == "module.c5.weight").unwrap().0 = "module.conv5.weight".into();
    assert_eq!(
        loaded(&missing, plain(2)).unwrap_err(),
        "FILE holds no module.c5.weight; the network has one of shape [120, 16, 5, 5]: rename module.conv5.weight, which \
         has this shape, if it is the same"
    );
    missing.iter_mut().for_each(|array| array.0 = format!("{}{}", "x".repeat(100_000), array.0));
    let message = loaded(&missing, plain(2)).unwrap_err();
    assert!(message.len() < 1000, "{}", message.len());
}

/// Networks of either precision, and one that is not LeNet-5.
#[test]
fn every_network_is_saved_and_loaded() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("net.safetensors");
    let random = &mut ChaCha8Rng::seed_from_u64(1);
    let (double, mut again) = (LeNet5::paper::<f64>(random), LeNet5::paper::<f64>(random));
    save(&double, &path).unwrap();
    load(&mut again, &path).unwrap();
    assert!(again == double);

    let own = |seed| {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let net = Network::<f32>::new((1, 4, 4)).then("hidden", FullConnection::new(16, 3, random)).unwrap();
        let output = FullConnection::new(3, 2, random);
        net.with_output(Softmax { output, curvature: Curvature::Exact }).unwrap()
    };
    let (net, mut other) = (own(1), own(2));
    assert!(net != other);
    save(&net, &path).unwrap();
    load(&mut other, &path).unwrap();
    assert!(net == other);
    let mut lenet = plain(1);
    assert!(load(&mut lenet, &path).unwrap_err().to_string().contains("holds no c1.weight"));
}

#[test]
fn files_of_other_kinds_are_called_by_their_kind() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("net.safetensors");
    for (contents, kind) in [
        (&b"<!DOCTYPE html><title>Sign in</title>"[..], "is an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "is a Git LFS pointer"),
        (b"PK\x03\x04\x14\0\0\0", "is a ZIP archive"),
        (b"{\"error\": \"not found\"}", "is JSON text"),
        (b"<?xml version=\"1.0\"?><Error/>", "is XML text"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "is gzip data"),
    ] {
        fs::write(&path, contents).unwrap();
        let message = load(&mut plain(1), &path).unwrap_err().to_string();
        assert!(message.contains(kind) && message.contains("expected a safetensors file"), "{message}");
    }
}

/// A header of a few megabytes that lists empty arrays must not take gigabytes.
#[test]
fn a_header_out_of_proportion_is_refused() {
    let entry = |n| format!(r#""{n}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#);
    let header = format!("{{{}}}", (0..100_000).map(entry).collect::<Vec<_>>().join(","));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("net.safetensors");
    fs::write(&path, [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat()).unwrap();
    let message = load(&mut plain(1), &path).unwrap_err().to_string();
    assert!(message.contains("lists 100000 arrays"), "{message}");
    fs::write(&path, (1_u64 << 40).to_le_bytes()).unwrap();
    let message = load(&mut plain(1), &path).unwrap_err().to_string();
    assert!(message.contains("its header would have 1099511627776 bytes"), "{message}");
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_huge_files_are_not_read() {
    let folder = TempDir::new().unwrap();
    let [pipe, huge] = ["pipe", "huge"].map(|name| folder.path().join(name));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::File::create(&huge).unwrap().set_len(1 << 40).unwrap();
    for (path, fault) in [
        (pipe.as_path(), "not a regular file"),
        ("/dev/zero".as_ref(), "not a regular file"),
        (folder.path(), "is a directory"),
        (huge.as_path(), "larger than"),
    ] {
        let message = load(&mut plain(1), path).unwrap_err().to_string();
        assert!(message.contains("cannot read") && message.contains(fault), "{message}");
    }
}
