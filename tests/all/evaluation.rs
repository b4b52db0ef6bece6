//! Section III: the evaluation of any classifier.

use lenet5::section1::{Maps, Penalties};
use lenet5::section3::classifiers::Classifier;
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::evaluation::{Evaluation, Misclassified, evaluate};
use ndarray::Array3;
use std::ops::Range;

/// A classifier without a network: the penalty of a class is the squared distance to the mean of its patterns.
struct NearestMean(Vec<Maps<f64>>);

impl NearestMean {
    fn of(patterns: &Patterns, shape: (usize, usize, usize)) -> Self {
        let (mut means, mut input) = (vec![Maps::zeros(shape); patterns.classes()], Maps::zeros(shape));
        let mut counts = vec![0.0; patterns.classes()];
        for p in 0..patterns.len() {
            patterns.pattern(p, &mut input);
            means[patterns.label(p)] += &input;
            counts[patterns.label(p)] += 1.0;
        }
        means.iter_mut().zip(counts).for_each(|(mean, count)| *mean /= count);
        Self(means)
    }
}

impl Classifier<f64> for NearestMean {
    fn classes(&self) -> usize {
        self.0.len()
    }

    fn multiply_adds(&self) -> usize {
        self.variables()
    }

    fn variables(&self) -> usize {
        self.0.iter().map(|mean| mean.len()).sum()
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<f64>)) {
        let mut input = Maps::<f64>::zeros(self.0[0].dim());
        for p in share {
            patterns.pattern(p, &mut input);
            let distance = |mean: &Maps<f64>| (&input - mean).mapv(|d: f64| d * d).sum();
            each(p, &Penalties::from(self.0.iter().map(distance).collect::<Vec<_>>()));
        }
    }
}

#[test]
fn a_classifier_need_not_be_a_network() {
    let digits = embedded::digits(3);
    let (train, test) = (digits.train.range(0..1000), digits.test.range(0..300));
    let means = NearestMean::of(&train, (1, 32, 32));
    assert_eq!((means.classes(), means.variables()), (10, 10 * 32 * 32));
    let found = evaluate(&means, &test, 1);
    assert!(found.error_pct() > 0.0 && found.error_pct() < 40.0, "{} %", found.error_pct());
    assert!(found.reject_pct(1.0) > 0.0 && found.reject_pct(1.0) < 100.0);
    for threads in [0, 2, 7, 300, 1000] {
        let again = evaluate(&means, &test, threads);
        assert_eq!((&again, again.reject_pct(1.0)), (&found, found.reject_pct(1.0)), "{threads} threads");
    }
    // The counts are those of the individual answers.
    let mut confusion = vec![vec![0; 10]; 10];
    means.read(&test, 0..test.len(), &mut |p, penalties| {
        confusion[test.label(p)][penalties.nearest()] += 1;
        assert_eq!(found.confidences[p], penalties.margin());
        let wrong = found.misclassified.iter().find(|one| one.index == p).map(|one| (one.label, one.answer));
        let answer = (test.label(p), penalties.nearest());
        assert_eq!(wrong, Some(answer).filter(|(label, answer)| label != answer));
    });
    assert_eq!(found.confusion, confusion);
}

/// The classes of a classifier and of the test patterns may differ.
#[test]
fn confusion_has_room_for_all_classes() {
    let image = |p: usize| if p == 0 { 0 } else { 255 };
    let patterns = |labels: Vec<u8>| {
        let images = Array3::from_shape_fn((labels.len(), 2, 2), |(p, _, _)| image(p) as u8);
        Patterns::new(images, labels).expect("a label for each image")
    };
    let two = NearestMean::of(&patterns(vec![0, 1]), (1, 4, 4));
    assert_eq!(evaluate(&two, &patterns(vec![0, 3]), 1).confusion[3], [0, 1, 0, 0]);
    assert_eq!(evaluate(&two, &patterns(vec![0]), 1).confusion, [[1, 0], [0, 0]]);
    assert_eq!(evaluate(&two, &patterns(vec![]), 2).patterns(), 0);
}

/// An evaluation of answers with these confidences; the flag marks wrong answers.
fn answers(answers: &[(f64, bool)]) -> Evaluation {
    let wrong = answers.iter().enumerate().filter(|(_, answer)| answer.1);
    let misclassified = wrong.map(|(index, _)| Misclassified { index, label: 1, answer: 0 }).collect();
    let confidences = answers.iter().map(|answer| answer.0).collect();
    Evaluation { misclassified, confidences, ..Evaluation::default() }
}

#[test]
fn the_least_confident_are_rejected_until_few_enough_of_the_rest_are_wrong() {
    const WRONG: bool = true;
    const RIGHT: bool = false;
    let ten: Vec<(f64, bool)> = (0..10).map(|n| (f64::from(n), n == 0 || n == 3)).collect();
    let rejected = |wrong_pct| answers(&ten).reject_pct(wrong_pct);
    // Two of ten answers are wrong, one of the nine most confident, and none of the six most confident.
    assert_eq!([20.0, 19.9, 11.2, 11.1, 0.0].map(rejected), [0.0, 10.0, 10.0, 40.0, 40.0]);
    // Only the order of the confidences matters, not that of the patterns.
    let mut turned = ten.clone();
    turned.rotate_left(4);
    assert_eq!(answers(&turned).reject_pct(0.0), 40.0);
    // No answer is wrong; all answers are wrong; only the most confident is wrong.
    assert_eq!(answers(&[(0.1, RIGHT), (0.2, RIGHT)]).reject_pct(0.0), 0.0);
    assert_eq!(answers(&[(0.1, WRONG), (0.2, WRONG)]).reject_pct(1.0), 100.0);
    assert_eq!(answers(&[(0.1, RIGHT), (0.2, WRONG)]).reject_pct(49.0), 100.0);
    // Enough right answers after a wrong one make it acceptable again.
    assert_eq!(answers(&[(0.1, RIGHT), (0.2, RIGHT), (0.3, WRONG), (0.4, RIGHT)]).reject_pct(25.0), 0.0);
    // Patterns of one confidence are accepted or rejected together, in any order.
    for tied in [[(1.0, RIGHT), (1.0, WRONG)], [(1.0, WRONG), (1.0, RIGHT)]] {
        assert_eq!(
            answers(&[vec![(2.0, RIGHT), (2.0, RIGHT)], tied.to_vec()].concat()).reject_pct(10.0),
            50.0
        );
    }
    // NaN is the lowest confidence, equal to minus infinity.
    let unsure = [(f64::NAN, WRONG), (f64::NEG_INFINITY, RIGHT), (-5.0, RIGHT), (0.0, RIGHT)];
    assert_eq!(answers(&unsure).reject_pct(0.0), 50.0);
    assert_eq!(answers(&unsure).reject_pct(25.0), 0.0);
}

/// 0.5 % of all patterns, or of the accepted ones: the two ways to count differ where many are rejected (O-17).
#[test]
fn wrong_answers_are_counted_over_the_accepted_or_over_all() {
    let ten: Vec<(f64, bool)> = (0..10).map(|n| (f64::from(n), n == 0 || n == 3)).collect();
    let found = answers(&ten);
    assert_eq!([20.0, 11.0, 10.0, 9.9].map(|wrong| found.reject_pct_of_all(wrong)), [0.0, 10.0, 10.0, 40.0]);
    assert_eq!([10.0, 9.9].map(|wrong| found.reject_pct(wrong)), [40.0, 40.0]);
    let curve = found.rejection().curve;
    assert_eq!((curve[0], curve.last().copied()), ([0.0, 20.0], Some([20.0, 12.5])));
    assert!(curve.windows(2).all(|pair| pair[0][0] <= pair[1][0]), "{curve:?}");
}
