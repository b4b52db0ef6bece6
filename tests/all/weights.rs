//! Networks in files come back bit for bit, and what is no such network is refused by the name of the array.

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

/// LeNet-5 with codes, every array drawn, running moments too.
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

/// What `load` makes of a file with these arrays: names, types, shapes, bytes.
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
fn what_is_saved_is_loaded() {
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
fn what_is_not_this_network_is_refused_by_the_name_of_the_array() {
    assert_eq!(spoilt("c5.bias", |_| ()), Ok(plain(1)), "the control");
    let refused = |name: &str, spoil: &dyn Fn(&mut Array), message: &str| {
        assert_eq!(spoilt(name, spoil).map(drop), Err(format!("FILE {message}")));
    };
    refused(
        "f6.weight",
        &|array| array.0 = "f7.weight".into(),
        "holds no f6.weight; the network has one of shape [84, 120]",
    );
    refused(
        "f6.weight",
        &|array| array.2.reverse(),
        "holds f6.weight as F32 of shape [120, 84]; the network has F32 of shape [84, 120]",
    );
    refused(
        "s2.bias",
        &|array| (array.1, array.3) = (Dtype::F64, [array.3.clone(), array.3.clone()].concat()),
        "holds s2.bias as F64 of shape [6]; the network has F32 of shape [6]",
    );
    for (number, name) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        let spoil = |array: &mut Array| array.3[20..24].copy_from_slice(&number.to_le_bytes());
        refused("rbf.codes", &spoil, &format!("holds {number} in rbf.codes; weights are finite"));
        assert_eq!(number.to_string(), name);
    }
    // Map 0 of C3 sees maps 0, 1 and 2 of S2: map 3 has zeros there.
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
fn what_is_no_file_of_arrays_is_refused() {
    let folder = TempDir::new().unwrap();
    let (nowhere, garbage) = (folder.path().join("nowhere/net"), folder.path().join("garbage"));
    fs::write(&garbage, b"not a network").unwrap();
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
