//! IV-B: special modules and systems of them, against finite differences.

use approx::assert_relative_eq;
use lenet5::section4::special::{
    Coefficient, FanOut, Matrix, Min, Multiplexer, SquaredDistance, Squashed, Sum,
};
use lenet5::section4::{MultiModule, System, SystemError};
use proptest::prelude::*;

type Vectors = Vec<Vec<f64>>;

fn lent(x: &Vectors) -> Vec<&[f64]> {
    x.iter().map(Vec::as_slice).collect()
}

fn zeros(sizes: &[usize]) -> Vectors {
    sizes.iter().map(|&size| vec![0.0; size]).collect()
}

fn sizes(x: &Vectors) -> Vec<usize> {
    x.iter().map(Vec::len).collect()
}

fn outputs(module: &dyn MultiModule<f64>, x: &Vectors) -> Vectors {
    let mut y = zeros(&module.output_sizes(&sizes(x)).unwrap());
    module.fprop(&lent(x), &mut y);
    y
}

/// The Jacobian by central differences: all outputs by element `i` of input `k`.
fn column(module: &dyn MultiModule<f64>, x: &Vectors, (k, i): (usize, usize)) -> Vec<f64> {
    const STEP: f64 = 1e-5;
    let [above, below] = [STEP, -STEP].map(|step| {
        let mut moved = x.clone();
        moved[k][i] += step;
        outputs(module, &moved).concat()
    });
    above.iter().zip(below).map(|(above, below)| (above - below) / (2.0 * STEP)).collect()
}

/// Derivatives by all outputs that differ from each other.
fn weights(y: &Vectors) -> Vectors {
    let mut n = 0.0_f64;
    y.iter()
        .map(|y| {
            y.iter()
                .map(|_| {
                    n += 1.0;
                    0.5 + (1.7 * n).sin()
                })
                .collect()
        })
        .collect()
}

/// The largest difference of `bprop`, and of `bbprop`, from what the Jacobian says, for inputs that are differentiable.
fn faults(module: &dyn MultiModule<f64>, x: &Vectors, fixed: &[usize]) -> [f64; 2] {
    let dy = weights(&outputs(module, x));
    let ddy: Vectors = dy.iter().map(|dy| dy.iter().map(|d| d.abs()).collect()).collect();
    let (mut dx, mut ddx) = (zeros(&sizes(x)), zeros(&sizes(x)));
    module.bprop(&lent(x), &lent(&dy), &mut dx);
    module.bbprop(&lent(x), &lent(&ddy), &mut ddx);
    let mut worst = [0.0_f64; 2];
    for k in (0..x.len()).filter(|k| !fixed.contains(k)) {
        for i in 0..x[k].len() {
            let jacobian = column(module, x, (k, i));
            let first: f64 = jacobian.iter().zip(dy.concat()).map(|(j, d)| j * d).sum();
            let second: f64 = jacobian.iter().zip(ddy.concat()).map(|(j, d)| j * j * d).sum();
            worst[0] = worst[0].max((dx[k][i] - first).abs());
            worst[1] = worst[1].max((ddx[k][i] - second).abs());
        }
    }
    worst
}

fn vector(length: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-1.5..1.5, length)
}

proptest! {
    #[test]
    fn special_modules(a in vector(3), b in vector(3), m in vector(6), c in vector(1), s in 0..2usize) {
        let close = |module: &dyn MultiModule<f64>, x: &[&Vec<f64>], fixed: &[usize]| {
            let x: Vectors = x.iter().map(|&x| x.clone()).collect();
            faults(module, &x, fixed).iter().all(|fault| *fault <= 1e-6)
        };
        prop_assert!(close(&Sum, &[&a, &b], &[]));
        prop_assert!(close(&Sum, &[&a], &[]));
        let three = FanOut { outputs: 3 };
        prop_assert!(close(&three, &[&a], &[]));
        prop_assert!(close(&Coefficient, &[&a, &c], &[]));
        prop_assert!(close(&Matrix, &[&a, &m], &[]));
        prop_assert!(close(&Squashed, &[&a], &[]));
        prop_assert!(close(&Multiplexer, &[&a, &b, &vec![s as f64]], &[2]));
        let apart = a.iter().zip(&b).all(|(a, b)| (a - b).abs() > 1e-3);
        prop_assert!(!apart || close(&Min, &[&a, &b], &[]));
    }

    /// The loss begins the walk: its own curvature by `x` is 1.
    #[test]
    fn squared_distance(x in vector(3), d in vector(3)) {
        let input = vec![x.clone(), d.clone()];
        prop_assert!(faults(&SquaredDistance, &input, &[])[0] <= 1e-6);
        let mut ddx = zeros(&[3, 3]);
        SquaredDistance.bbprop(&lent(&input), &[&[0.0]], &mut ddx);
        prop_assert_eq!(ddx, vec![vec![1.0; 3]; 2]);
    }

    #[test]
    fn systems_with_a_variable_that_is_read_twice(x in vector(2), w1 in vector(4), w2 in vector(4), d in vector(2)) {
        let system = fig_14();
        let inputs = vec![x, w1, w2, d];
        prop_assert!(faults(&system, &inputs, &[])[0] <= 1e-6);
        // The same by the walk that keeps all states.
        let mut values = system.zeros();
        values.iter_mut().zip(&inputs).for_each(|(value, input)| value.copy_from_slice(input));
        system.fprop(&mut values);
        let mut derivatives = system.zeros();
        derivatives[system.variable("E")] = vec![1.0];
        system.bprop(&values, &mut derivatives);
        let mut dx = zeros(&sizes(&inputs));
        system.bprop_of_module(&inputs, &mut dx);
        for (name, dx) in ["X0", "W1", "W2", "D"].into_iter().zip(dx) {
            for (found, expected) in derivatives[system.variable(name)].iter().zip(dx) {
                assert_relative_eq!(*found, expected, epsilon = 1e-12);
            }
        }
    }
}

trait BpropOfModule {
    fn bprop_of_module(&self, inputs: &Vectors, dx: &mut Vectors);
}

impl BpropOfModule for System<f64> {
    fn bprop_of_module(&self, inputs: &Vectors, dx: &mut Vectors) {
        MultiModule::bprop(self, &lent(inputs), &[&[1.0]], dx);
    }
}

/// Fig. 14, with a system for F1.
fn fig_14() -> System<f64> {
    let f1 = System::new(&[("x0", 2), ("x1", 2), ("w1", 4)])
        .then(Matrix, &["x0", "w1"], &["w1 x0"])
        .and_then(|system| system.then(Sum, &["w1 x0", "x1"], &["a"]))
        .and_then(|system| system.then(Squashed, &["a"], &["x3"]))
        .unwrap();
    System::new(&[("X0", 2), ("W1", 4), ("W2", 4), ("D", 2)])
        .then(FanOut { outputs: 2 }, &["X0"], &["X1", "X2"])
        .and_then(|system| system.then(f1, &["X0", "X1", "W1"], &["X3"]))
        .and_then(|system| system.then(Matrix, &["X2", "W2"], &["X4"]))
        .and_then(|system| system.then(Sum, &["X3", "X4"], &["X5"]))
        .and_then(|system| system.then(SquaredDistance, &["X5", "D"], &["E"]))
        .unwrap()
}

/// `bprop` of `wrong` in the place of the Matrix: the transposed matrix is forgotten.
struct Wrong;

impl MultiModule<f64> for Wrong {
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String> {
        MultiModule::<f64>::output_sizes(&Matrix, inputs)
    }

    fn fprop(&self, x: &[&[f64]], y: &mut [Vec<f64>]) {
        Matrix.fprop(x, y);
    }

    fn bprop(&self, x: &[&[f64]], dy: &[&[f64]], dx: &mut [Vec<f64>]) {
        let mut y = vec![vec![0.0; dy[0].len()]];
        Matrix.fprop(&[dy[0], x[1]], &mut y);
        dx[0].copy_from_slice(&y[0]);
        Matrix.bprop(x, dy, &mut [vec![0.0; x[0].len()], dx[1].clone()]);
    }

    fn bbprop(&self, x: &[&[f64]], ddy: &[&[f64]], ddx: &mut [Vec<f64>]) {
        Matrix.bprop(x, ddy, ddx);
    }
}

#[test]
fn the_control_without_the_transpose_is_seen() {
    let x = vec![vec![0.3, -0.8], vec![0.1, 0.9, -0.4, 0.2]];
    assert!(faults(&Wrong, &x, &[]).iter().all(|&fault| fault > 0.1));
    assert!(faults(&Matrix, &x, &[]).iter().all(|&fault| fault < 1e-6));
}

#[test]
fn ties_go_to_the_first_input() {
    let mut dx = zeros(&[1, 1]);
    MultiModule::<f64>::bprop(&Min, &[&[2.0], &[2.0]], &[&[5.0]], &mut dx);
    assert_eq!(dx, [[5.0], [0.0]]);
}

#[test]
fn a_module_that_does_not_fit_is_refused() {
    let begin = || System::<f64>::new(&[("x", 2), ("y", 3)]);
    let fault = |result: Result<System<f64>, SystemError>| result.map(drop).unwrap_err().to_string();
    assert!(fault(begin().then(Sum, &["z"], &["s"])).contains("no variable 'z' yet"));
    assert!(fault(begin().then(Squashed, &["x"], &["y"])).contains("'y' exists already"));
    assert!(fault(begin().then(Sum, &["x", "y"], &["s"])).contains("lengths [2, 3]"));
    assert!(fault(begin().then(Matrix, &["x", "y"], &["s"])).contains("rows of its length"));
    assert!(fault(begin().then(Squashed, &["x"], &["a", "b"])).contains("has 1 outputs"));
    assert!(fault(begin().then(Coefficient, &["x", "y"], &["a"])).contains("1 coefficient"));
}
