#![doc = mathdoc::page!("transducer.md")]

use crate::section4::{Arc, Graph};
use thiserror::Error;

/// A step of a transducer from one state to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The state that it leaves.
    pub from: usize,
    /// The state that it enters.
    pub to: usize,
    /// The symbol that it reads; `None`: nothing.
    pub reads: Option<u8>,
    /// The symbol that it writes; `None`: nothing.
    pub writes: Option<u8>,
    /// Its penalty.
    pub penalty: f64,
}

/// A transducer (VIII-B): it reads one string and writes another.
#[derive(Clone, Debug, PartialEq)]
pub struct Transducer {
    start: usize,
    finals: Vec<bool>,
    steps: Vec<Step>,
    /// The numbers of the steps that leave each state.
    leaving: Vec<Vec<usize>>,
    /// The states, those before steps that read nothing earlier than those behind.
    order: Vec<usize>,
}

/// The reason why steps do not make a transducer.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum TransducerError {
    /// A state that does not exist.
    #[error("{what} is state {state}, but there are {states} states, counted from 0")]
    UnknownState {
        /// What names the state.
        what: String,
        /// The state.
        state: usize,
        /// The number of states.
        states: usize,
    },
    /// Steps that read nothing lead back to where they began.
    #[error("steps that read nothing form a cycle through state {state}: paths through it would have no end")]
    NullCycle {
        /// A state on the cycle.
        state: usize,
    },
    /// A penalty is NaN or minus infinity.
    #[error(
        "step {step} has the penalty {penalty}, expected a number or infinity (a step that no path takes)"
    )]
    Penalty {
        /// The number of the step.
        step: usize,
        /// The penalty found.
        penalty: f64,
    },
}

impl Transducer {
    /// A transducer with so many states.
    ///
    /// # Errors
    /// When a state does not exist, a penalty is NaN, or steps that read nothing form a cycle.
    pub fn new(
        states: usize,
        start: usize,
        finals: &[usize],
        steps: Vec<Step>,
    ) -> Result<Self, TransducerError> {
        let known = |what: &dyn Fn() -> String, state: usize| match state < states {
            true => Ok(()),
            false => Err(TransducerError::UnknownState { what: what(), state, states }),
        };
        known(&|| "the start".into(), start)?;
        finals.iter().try_for_each(|&state| known(&|| "a final state".into(), state))?;
        for (n, step) in steps.iter().enumerate() {
            known(&|| format!("the beginning of step {n}"), step.from)?;
            known(&|| format!("the end of step {n}"), step.to)?;
            if step.penalty.is_nan() || step.penalty == f64::NEG_INFINITY {
                return Err(TransducerError::Penalty { step: n, penalty: step.penalty });
            }
        }
        let mut leaving = vec![Vec::new(); states];
        steps.iter().enumerate().for_each(|(n, step)| leaving[step.from].push(n));
        let order = null_order(states, &steps)?;
        Ok(Self {
            start,
            finals: (0..states).map(|state| finals.contains(&state)).collect(),
            steps,
            leaving,
            order,
        })
    }

    /// The grammar of one string, which writes what it reads: composed with a graph, it is the path selector (VI-A).
    pub fn spelling(labels: &[u8]) -> Self {
        let step = |(n, &label): (usize, &u8)| Step {
            from: n,
            to: n + 1,
            reads: Some(label),
            writes: Some(label),
            penalty: 0.0,
        };
        let steps = labels.iter().enumerate().map(step).collect();
        Self::new(labels.len() + 1, 0, &[labels.len()], steps).expect("a line of states")
    }

    /// A graph as a transducer that writes what it reads: step `n` is arc `n`, nodes are states. An arc without a label reads
    /// nothing.
    pub fn of(graph: &Graph) -> Self {
        let step = |arc: Arc| Step {
            from: arc.from,
            to: arc.to,
            reads: arc.label,
            writes: arc.label,
            penalty: arc.penalty,
        };
        let steps = graph.arcs().map(step).collect();
        Self::new(graph.nodes(), graph.start(), &[graph.end()], steps).expect("a graph has no cycles")
    }

    /// The number of states.
    pub fn states(&self) -> usize {
        self.finals.len()
    }

    /// The state where paths begin.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Whether paths may end in a state.
    pub fn is_final(&self, state: usize) -> bool {
        self.finals[state]
    }

    /// All steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The steps that leave a state, with their numbers.
    pub fn leaving(&self, state: usize) -> impl Iterator<Item = (usize, &Step)> {
        self.leaving[state].iter().map(|&n| (n, &self.steps[n]))
    }

    /// The states in an order in which steps that read nothing lead forward.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }
}

/// The states in a topological order of the steps that read nothing.
fn null_order(states: usize, steps: &[Step]) -> Result<Vec<usize>, TransducerError> {
    let null: Vec<&Step> = steps.iter().filter(|step| step.reads.is_none()).collect();
    let mut entering = vec![0; states];
    null.iter().for_each(|step| entering[step.to] += 1);
    let mut order: Vec<usize> = (0..states).filter(|&state| entering[state] == 0).collect();
    let mut next = 0;
    while let Some(&state) = order.get(next) {
        next += 1;
        for step in null.iter().filter(|step| step.from == state) {
            entering[step.to] -= 1;
            if entering[step.to] == 0 {
                order.push(step.to);
            }
        }
    }
    match entering.iter().position(|&count| count > 0) {
        Some(state) => Err(TransducerError::NullCycle { state }),
        None => Ok(order),
    }
}
