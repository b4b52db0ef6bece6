//! The peak of one core: independent multiply-adds on registers.

use crate::time;
use criterion::Criterion;
use fearless_simd::{Level, Simd, dispatch, f32x16, prelude::*};
use std::hint::black_box;

/// Registers of 16 numbers, enough to keep all units busy while results are pending.
const REGISTERS: usize = 16;

/// The number of multiply-adds on each register.
const ROUNDS: usize = 10_000;

pub fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("peak");
    time(&mut group, "multiply-adds", ROUNDS * REGISTERS * 16, || {
        let (x, y) = (black_box(0.999), black_box(1e-3));
        black_box(dispatch!(Level::new(), simd => rounds(simd, x, y)));
    });
}

#[inline(always)]
fn rounds<S: Simd>(simd: S, x: f32, y: f32) -> f32 {
    let (x, y) = (f32x16::splat(simd, x), f32x16::splat(simd, y));
    let mut registers = [y; REGISTERS];
    for (n, register) in registers.iter_mut().enumerate() {
        *register = f32x16::splat(simd, n as f32);
    }
    for _ in 0..ROUNDS {
        for register in &mut registers {
            *register = register.mul_add(x, y);
        }
    }
    registers.iter().map(|register| register.as_slice()[0]).sum()
}
