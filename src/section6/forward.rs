#![doc = mathdoc::page!("forward.md")]

use crate::kernels::logadd;
use crate::section4::Graph;

/// The node penalties `f_n` of the forward algorithm ([eq. 13](self#eq-13)); infinite for nodes that no path reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Forward {
    /// `f_n` for each node.
    pub f: Vec<f64>,
    /// The forward penalty of the graph: `f` of its end.
    pub penalty: f64,
}

impl Forward {
    /// Goes from the start to the end.
    pub fn fprop(graph: &Graph) -> Self {
        let mut f = vec![f64::INFINITY; graph.nodes()];
        f[graph.start()] = 0.0;
        let mut terms = Vec::new();
        for n in (0..graph.nodes()).filter(|&n| n != graph.start()) {
            let entering = graph.entering(n);
            let sources = graph.sources(entering.clone());
            terms.clear();
            terms.extend(graph.penalties[entering].iter().zip(sources).map(|(c, &s)| c + f[s as usize]));
            f[n] = logadd::logadd(&mut terms);
        }
        Self { penalty: f[graph.end()], f }
    }

    /// Goes back from the end, where the derivative of the loss is `d_end`: adds the derivative by the penalty of each arc to
    /// `d` ([eq. 15](self#eq-15) and [eq. 16](self#eq-16)). Arcs on no path get nothing.
    pub fn bprop(&self, graph: &Graph, d_end: f64, d: &mut [f64]) {
        self.down(graph, d_end, d, |share| share);
    }

    /// The same with Gauss-Newton second derivatives: every share is squared (O-24).
    pub fn bbprop(&self, graph: &Graph, dd_end: f64, dd: &mut [f64]) {
        self.down(graph, dd_end, dd, |share| share * share);
    }

    fn down(&self, graph: &Graph, d_end: f64, d: &mut [f64], factor: impl Fn(f64) -> f64) {
        let mut df = vec![0.0; graph.nodes()];
        df[graph.end()] = d_end;
        let mut shares = Vec::new();
        for n in (0..graph.nodes()).rev() {
            if df[n] == 0.0 || !self.f[n].is_finite() || n == graph.start() {
                continue;
            }
            let df_n = df[n];
            let entering = graph.entering(n);
            let sources = graph.sources(entering.clone());
            // The share of an arc in its node: exp(f_n - c_i - f_s), one exponent, which is at most 0.
            shares.clear();
            shares.extend(
                graph.penalties[entering.clone()].iter().zip(sources).map(|(c, &s)| c + self.f[s as usize]),
            );
            logadd::shares(self.f[n], &mut shares);
            // Successive arcs often leave one node: its sum stays in a register.
            let (mut source, mut sum) = (n, df[n]);
            for ((share, &s), d) in shares.iter().zip(sources).zip(&mut d[entering]) {
                if s as usize != source {
                    df[source] = sum;
                    (source, sum) = (s as usize, df[s as usize]);
                }
                let part = df_n * factor(*share);
                *d += part;
                sum += part;
            }
            df[source] = sum;
        }
    }
}
