"""Classifiers of III-C beside those of scikit-learn and libsvm, in one run on two cores: `python3 benches/against_sklearn.py DIR`.

Needs `pip install scikit-learn` and MNIST's four files in DIR. For each classifier it runs our program and scikit-learn on the same
images, and prints the seconds of training and of reading the 10,000 test patterns. Support vectors are trained on the first 20,000
patterns; libsvm is the library behind scikit-learn's SVC, and uses one core.
"""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, PolynomialFeatures
from sklearn.svm import SVC

FOLDER = pathlib.Path(__file__).parent.parent
THREADS = 2


def mnist(folder):
    """Images from 0 to 1, a row for each, and labels, for training and for testing."""

    def read(name, header):
        data = gzip.open(pathlib.Path(folder) / f"{name}.gz").read()
        return numpy.frombuffer(data, numpy.uint8, offset=header)

    def images(name):
        return read(name, 16).reshape(-1, 784).astype(numpy.float32) / 255

    return (
        images("train-images-idx3-ubyte"),
        read("train-labels-idx1-ubyte", 8),
        images("t10k-images-idx3-ubyte"),
        read("t10k-labels-idx1-ubyte", 8),
    )


def ours(arm, folder, *options):
    """Our seconds of training and of reading, and the error in per cent."""
    with tempfile.TemporaryDirectory() as place:
        out = pathlib.Path(place) / "run"
        program = ["cargo", "run", "--quiet", "--bin", "experiment", "--", arm, "--data", folder, "--out", str(out)]
        subprocess.run([*program, "--quiet", "--threads", str(THREADS), *options], cwd=FOLDER, check=True, capture_output=True)
        run = json.loads((out / "results.json").read_text())["arms"][0]["runs"][0]
    return run["seconds_train"], run["us_per_pattern"] * 1e4 / 1e6 / THREADS, run["test_error_pct"]


class RbfNetwork:
    """Gaussians on the k-means of each class, and ridge regression."""

    def fit(self, x, labels):
        centres = [KMeans(100, n_init=1, max_iter=20, random_state=1).fit(x[labels == c]).cluster_centers_ for c in range(10)]
        self.centres = numpy.concatenate(centres)
        distances = self.distances(x[:2000])
        self.width = distances.mean() / 4
        self.last = Ridge(1e-3).fit(self.units(x), 2.0 * (labels[:, None] == numpy.arange(10)) - 1)
        return self

    def distances(self, x):
        return (x**2).sum(1)[:, None] - 2 * x @ self.centres.T + (self.centres**2).sum(1)

    def units(self, x):
        return numpy.exp(-self.distances(x) / self.width)

    def predict(self, x):
        return self.last.predict(self.units(x)).argmax(1)


class Least:
    """Ridge regression to targets of 1 and -1."""

    def __init__(self, *steps):
        self.model = make_pipeline(*steps, Ridge(1e-3))

    def fit(self, x, labels):
        self.model.fit(x, 2.0 * (labels[:, None] == numpy.arange(10)) - 1)
        return self

    def predict(self, x):
        return self.model.predict(x).argmax(1)


def theirs(model, data):
    """scikit-learn's seconds of training and of reading, and the error in per cent."""
    x, labels, test, answers = data
    begin = time.perf_counter()
    model.fit(x, labels)
    middle = time.perf_counter()
    error = 100 * (model.predict(test) != answers).mean()
    return middle - begin, time.perf_counter() - middle, error


def main():
    folder = str(pathlib.Path(sys.argv[1]).resolve())
    data = mnist(folder)
    svc = SVC(C=10.0, kernel="poly", degree=4, coef0=0.0, gamma=1.0, cache_size=2000)
    rows = [
        ("nearest neighbours", "neighbours", KNeighborsClassifier(3, algorithm="brute"), 60_000),
        ("PCA + quadratic", "quadratic", Least(PCA(40), PolynomialFeatures(2)), 60_000),
        ("RBF network", "rbf-network", RbfNetwork(), 60_000),
        ("SVM of degree 4", "svm", make_pipeline(Normalizer(), svc), 20_000),
    ]
    print(f"{'':22}{'training, s':>24}{'reading 10,000, s':>24}{'error, %':>20}")
    print(f"{'':22}{'scikit-learn':>14}{'lenet5':>10}{'scikit-learn':>14}{'lenet5':>10}{'scikit-learn':>12}{'lenet5':>8}")
    for name, arm, model, count in rows:
        x, labels, test, answers = data
        a = theirs(model, (x[:count], labels[:count], test, answers))
        b = ours(arm, folder, "--train", str(count))
        print(f"{name:22}{a[0]:14.2f}{b[0]:10.2f}{a[1]:14.2f}{b[1]:10.2f}{a[2]:12.2f}{b[2]:8.2f}", flush=True)
    # A pass over 2,000 patterns, an update for each pattern, as Appendix B has it.
    x, labels, _, _ = data
    for arm, hidden in [("28x28-300-10", (300,)), ("28x28-300-100-10", (300, 100)), ("28x28-1000-10", (1000,))]:
        net = MLPClassifier(hidden, activation="tanh", solver="sgd", batch_size=1, max_iter=1, alpha=0, learning_rate_init=1e-3)
        begin = time.perf_counter()
        net.fit(x[:2000], labels[:2000])
        a = (time.perf_counter() - begin) / 2000 * 1e6
        b = ours(arm, folder, "--passes", "1", "--train", "20000", "--test", "100")[0] / 20000 * 1e6
        print(f"{arm:22}{a:14.1f}{b:10.1f}   microseconds a training pattern, one update each; ratio {a / b:.1f}")


if __name__ == "__main__":
    import warnings

    warnings.filterwarnings("ignore")
    main()
