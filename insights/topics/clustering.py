"""Finds groups of texts that are about the same; what has too little in common is left out rather than forced in."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from insights.topics.vectors import Matrix

MOST_PIECES = 200
TEXTS_PER_PIECE = 12
DIMENSIONS = 100
# How far apart pieces may be on average and still be the same.
MERGE_DISTANCE = 0.7
# 1 if all of a group say the same, 0 if each says something else.
LEAST_COHERENCE = 0.30
LEAST_MEMBERS = 8
SEED = 5
Rows = NDArray[np.int64]
Places = NDArray[np.float64]


def groups(
    vectors: Matrix, least_members: int = LEAST_MEMBERS, merge_distance: float = MERGE_DISTANCE
) -> list[Rows]:
    """The rows of each coherent group, the largest first."""
    rows = np.flatnonzero(np.diff(vectors.indptr))
    if len(rows) < max(2, least_members):
        return []
    labels = _labels(vectors[rows], merge_distance)
    found = [rows[labels == label] for label in range(labels.max() + 1)]
    kept = [own for own in found if len(own) >= least_members and coherence(vectors[own]) >= LEAST_COHERENCE]
    return sorted(kept, key=lambda own: (-len(own), own[0]))


def coherence(vectors: Matrix) -> float:
    """How long the mean would be of very many such texts: a few have a long one even if each says something else."""
    count = vectors.shape[0]
    mean_squared = float(np.sum(np.square(np.asarray(vectors.mean(axis=0)))))
    return max(0.0, (count * mean_squared - 1) / (count - 1)) ** 0.5 if count > 1 else 0.0


def _labels(vectors: Matrix, merge_distance: float) -> NDArray[np.int64]:
    """Many small pieces first, then those together that are alike; pieces alone would force a number of topics."""
    with _reproducibly():
        places = _places(vectors)
        pieces = _pieces(places)
        centres = np.vstack([places[pieces == piece].mean(axis=0) for piece in range(pieces.max() + 1)])
        return _merged(centres, merge_distance)[pieces]


def _places(vectors: Matrix) -> Places:
    """Texts in a space of few dimensions, where other words for the same are near."""
    from sklearn.decomposition import TruncatedSVD  # type: ignore[import-untyped]
    from sklearn.preprocessing import normalize  # type: ignore[import-untyped]

    used = np.unique(vectors.indices)
    dimensions = min(DIMENSIONS, len(used) - 1, vectors.shape[0] - 1)
    if dimensions < 1:
        return np.ones((vectors.shape[0], 1))
    placed = TruncatedSVD(dimensions, random_state=SEED).fit_transform(vectors[:, used])
    return np.asarray(normalize(placed), dtype=np.float64)


def _pieces(places: Places) -> NDArray[np.int64]:
    from sklearn.cluster import MiniBatchKMeans  # type: ignore[import-untyped]

    count = max(2, min(MOST_PIECES, len(places) // TEXTS_PER_PIECE))
    means = MiniBatchKMeans(min(count, len(places)), random_state=SEED, n_init=3, batch_size=2048)
    _, pieces = np.unique(means.fit_predict(places), return_inverse=True)
    return pieces


def _merged(centres: Places, merge_distance: float) -> NDArray[np.int64]:
    """By angle. A centre without direction has no angle, and stays by itself."""
    from sklearn.cluster import AgglomerativeClustering

    labels = np.arange(len(centres))
    directed = np.flatnonzero(np.linalg.norm(centres, axis=1) > 1e-9)
    if len(directed) > 1:
        merging = AgglomerativeClustering(
            n_clusters=None, metric="cosine", linkage="average", distance_threshold=merge_distance
        )
        labels[directed] = len(centres) + merging.fit_predict(centres[directed])
    return np.asarray(np.unique(labels, return_inverse=True)[1])


@contextmanager
def _reproducibly() -> Iterator[None]:
    """Threads add numbers up in any order, which would make other groups of the same tickets."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):
        yield
