//! The claims of App. A and C about shared weights, and about eq. 26 and 27.

use super::agreement::{Tolerance, agree};
use super::flat::flat;
use super::untrained::{Said, network, said, states};
use super::wires::{Wires, lenet5};
use lenet5::section2::{Criterion, Rbf, Variant};
use std::collections::BTreeSet;

/// One pattern in LeNet-5, and the same network connection by connection.
struct Case {
    wires: Wires,
    w: Vec<f64>,
    gradient: Vec<f64>,
    /// The derivatives by all states, and the second derivatives by F6.
    dx: Vec<Vec<f64>>,
    ddx: Vec<f64>,
    states: Vec<Vec<f64>>,
}

fn case() -> Case {
    let net = network(Rbf::paper(), 1);
    let (s, wires) = (states(&net, 1), lenet5(&Variant::default()));
    let Said { gradient, dx, ddx, .. } = said::<Rbf<f64>>(&net, &s, Criterion::TrueClass, 3);
    let w = flat(&net);
    let states = wires.fprop(&w, s.input().as_slice().expect("row-major"));
    let dx = wires.bprop(&w, &states, &dx).1;
    Case { w, gradient: flat(&gradient), dx, ddx, states, wires }
}

/// Eq. 19.
#[test]
fn the_gradient_of_a_shared_weight_is_the_sum_over_its_connections() {
    let case = case();
    let top = case.dx.last().expect("the derivatives by F6");
    let (sums, _) = case.wires.bprop(&case.w, &case.states, top);
    assert_eq!(agree(&case.gradient, &sums, Tolerance { relative: 1e-9, floor: 1e-11 }), Ok(()));
}

#[test]
fn eq_26_can_be_negative_and_eq_27_cannot() {
    let case = case();
    let negative = |dx| {
        let h = case.wires.bbprop(&case.w, &case.states, &case.ddx, dx);
        h.iter().filter(|&&h| h < 0.0).count()
    };
    assert_eq!(negative(None), 0, "eq. 27");
    assert!(negative(Some(&case.dx)) > 1000, "eq. 26: {}", negative(Some(&case.dx)));
}

/// App. A: all connections that share a weight lead to units with the same number of connections.
#[test]
fn connections_that_share_a_weight_lead_to_units_of_one_fan_in() {
    let wires = lenet5(&Variant::default());
    let mut fan_ins = vec![BTreeSet::new(); wires.parameters];
    for layer in &wires.layers {
        let mut inputs = vec![0; layer.units];
        layer.connections.iter().filter(|c| c.from.is_some()).for_each(|c| inputs[c.to] += 1);
        layer.connections.iter().filter_map(|c| Some((c.weight?, c.to))).for_each(|(weight, to)| {
            fan_ins[weight].insert(inputs[to]);
        });
    }
    assert!(fan_ins.iter().all(|fan_ins| fan_ins.len() == 1));
    // The control: in C3 there are three, so the counts can differ.
    let c3: BTreeSet<usize> = fan_ins[168..168 + 1500].iter().flatten().copied().collect();
    assert_eq!(c3, BTreeSet::from([75, 100, 150]));
}
