//! Randomly damaged inputs for every parser: each is read or refused, and none causes a panic.
//!
//! `fuzz/run COUNT` is the long version, guided by coverage.

mod parsers {
    include!(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/parsers.rs"));
}

use parsers::{PARSERS, Parser};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The number of damaged inputs for each parser.
const COUNT: u64 = 1000;

/// Bytes with a special meaning to parsers.
const SPECIAL: [&[u8]; 12] = [
    b"\0",
    b"\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\xff",
    b"{",
    b"[",
    b"\"",
    b"-",
    b"1e999",
    b"nan",
    b"\n",
    b"\xc3",
];

/// Makes one change: to a bit or a byte, or to a range, which is cut, doubled or moved.
fn damage(bytes: &mut Vec<u8>, random: &mut impl Rng) {
    if bytes.is_empty() {
        return bytes.extend(SPECIAL.choose(random).copied().unwrap_or_default());
    }
    let at = random.random_range(0..bytes.len());
    let end = (at + random.random_range(1..=64)).min(bytes.len());
    match random.random_range(0..7) {
        0 => bytes[at] ^= 1 << random.random_range(0..8),
        1 => bytes[at] = random.random(),
        2 => drop(bytes.drain(at..end)),
        3 => bytes.truncate(at),
        4 => bytes.extend_from_within(at..end),
        5 => {
            let range = bytes[at..end].to_vec();
            bytes.splice(at..at, range);
        }
        _ => {
            let special = *SPECIAL.choose(random).expect("there are some");
            bytes.splice(at..at, special.iter().copied());
        }
    }
}

fn every_damaged_input_is_read_or_refused(parser: &Parser) {
    let seeds = (parser.seeds)();
    seeds.iter().for_each(|seed| (parser.parse)(seed));
    for n in 0..COUNT {
        let random = &mut ChaCha8Rng::seed_from_u64(n);
        let mut bytes = seeds.choose(random).expect("there are seeds").clone();
        (0..random.random_range(1..=8)).for_each(|_| damage(&mut bytes, random));
        let outcome = std::panic::catch_unwind(|| (parser.parse)(&bytes));
        assert!(
            outcome.is_ok(),
            "{}: damaged input {n} panics: {:?}",
            parser.name,
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn data_files() {
    every_damaged_input_is_read_or_refused(&PARSERS[0]);
}

#[test]
fn networks() {
    every_damaged_input_is_read_or_refused(&PARSERS[1]);
}

#[test]
fn settings() {
    every_damaged_input_is_read_or_refused(&PARSERS[2]);
}

#[test]
fn results() {
    every_damaged_input_is_read_or_refused(&PARSERS[3]);
}

#[test]
fn pictures() {
    every_damaged_input_is_read_or_refused(&PARSERS[4]);
}

#[test]
fn copies_of_the_paper() {
    every_damaged_input_is_read_or_refused(&PARSERS[5]);
}

#[test]
fn questions_of_the_page() {
    every_damaged_input_is_read_or_refused(&PARSERS[6]);
}

/// With seeds that a parser refuses, most of the parser would remain untested.
#[test]
fn the_seeds_are_valid() {
    for parser in &PARSERS {
        assert!(!(parser.seeds)().is_empty(), "{}", parser.name);
    }
    let [.., pictures, pdfs, questions] = &PARSERS;
    for seed in (pdfs.seeds)() {
        let read = lenet5::archaeology::pdf::Pictures::parse(seed.clone());
        assert!(read.is_ok(), "{:?} {read:?}", String::from_utf8_lossy(&seed));
    }
    for seed in (pictures.seeds)() {
        assert!(
            lenet5::experiment::picture::parse(&seed, 1 << 20).is_ok(),
            "{:?}",
            String::from_utf8_lossy(&seed)
        );
    }
    for seed in (questions.seeds)() {
        let parsed =
            lenet5::draw::Question::parse(&seed).is_ok() || lenet5::draw::Along::parse(&seed).is_ok();
        assert!(parsed, "{:?}", String::from_utf8_lossy(&seed));
    }
}
