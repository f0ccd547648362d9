"""A study that never ran: four arms, eight seeds, one run diverged, one failed, plausible curves."""

import hashlib
from dataclasses import replace

import numpy as np
from scipy import stats

from paribus.analysis.claim_sentences import write_claim_sentences
from paribus.analysis.results import ArmResult, ClaimResult, Conclusion, ContrastResult, DivergenceResult
from paribus.analysis.sentences import write_sentence
from paribus.report import ReportInput
from paribus.store import EpochRecord, RunRecord

CONTROL = "optimizer.lr=0.001"
GAINS = {
    CONTROL: 0.0,
    "optimizer.lr=0.003": 0.013,
    "optimizer.lr=0.0005": 0.0006,
    "optimizer.lr=0.01": -0.004,
}
TITLE = "Learning rate of the SVHN baseline"
EPOCHS = 5
STEPS = 257


def make_report(
    gains=GAINS,
    seeds=8,
    epochs=EPOCHS,
    steps=STEPS,
    *,
    troubles=True,
    margin=0.005,
    title=TITLE,
    reference=True,
):
    """The example; `gains` maps each arm to what it adds to the control's accuracy, the control first."""
    random = np.random.default_rng(7)
    names = list(gains)
    luck = random.normal(0, 0.003, seeds)
    scores = {name: 0.861 + gain + luck + random.normal(0, 0.0021, seeds) for name, gain in gains.items()}
    states = {name: dict.fromkeys(range(seeds), "finished") for name in names}
    if troubles:
        states[names[-1]][seeds - 1] = "diverged"
        states[names[2]][2] = "failed"
    histories = {
        name: {
            seed: make_history(scores[name][seed], epochs, steps, random, state)
            for seed, state in states[name].items()
        }
        for name in names
    }
    arms = tuple(_make_arm(name, names[0], scores[name], states[name], reference) for name in names)
    runs = {
        name: {seed: _make_run(name, seed, state, scores[name][seed]) for seed, state in states[name].items()}
        for name in names
    }
    contrasts = tuple(_make_contrast(arm, arms[0], len(arms) - 1, margin) for arm in arms[1:])
    conclusion = Conclusion(
        study="svhn-lr",
        title=title,
        revision="3f9a1c72b0de44aa",
        split="validation",
        metric="accuracy",
        weights="last",
        alpha=0.05,
        margin=margin,
        control=names[0],
        seeds=tuple(range(seeds)),
        arms=arms,
        contrasts=contrasts,
        notes=("The best value lies at no edge of its grid.",),
        looks=(),
    )
    return ReportInput(
        conclusion,
        runs,
        histories,
        study_toml=f'[study]\ntitle = "{title}"\nseeds = {seeds}\n',
        command=f"paribus run study.toml --seeds {seeds}",
        facts={
            "paribus": "0.1.0",
            "torch": "2.9.0",
            "machine": "Linux, 16 threads, one per run",
            "data": "svhn 7d1f3b9e, 73,257 train, 26,032 test",
            "revision": "3f9a1c72b0de44aa",
        },
        made=1_780_000_000.0,
    )


def with_text(report, text):
    """The same report with every piece of a user's text replaced."""
    new = {arm.name: f"{k} {text}" for k, arm in enumerate(report.conclusion.arms)}
    arms = tuple(
        replace(arm, name=new[arm.name], changes={text: text}, published_source=text)
        for arm in report.conclusion.arms
    )
    contrasts = tuple(
        replace(c, arm=new[c.arm], sentence=f"{new[c.arm]} beats {text} by +0.6 points: {c.sentence}")
        for c in report.conclusion.contrasts
    )
    conclusion = replace(
        report.conclusion,
        study=text,
        title=text,
        control=new[report.conclusion.control],
        arms=arms,
        contrasts=contrasts,
        notes=(text,),
    )
    runs = {
        new[arm]: {
            s: replace(r, reason=text, traceback=text, recipe={text: text}, artifacts={text: text})
            for s, r in of_arm.items()
        }
        for arm, of_arm in report.runs.items()
    }
    histories = {new[arm]: of_arm for arm, of_arm in report.histories.items()}
    return ReportInput(conclusion, runs, histories, text, text, {text: text}, report.made)


def with_claims(report, text=""):
    """The same report with a claim of each kind, its three words, and figures published on two splits."""
    control, first, second, last = (arm.name for arm in report.conclusion.arms)
    between = {"detectable": 0.0061, "seeds_needed": (12, 31)}
    claims = [
        make_claim(f"A rate of 0.003 is better {text}", "beats", "holds", 0.0131, arm=first, other=control),
        make_claim(
            f"0.001 is the best rate of all {text}", "best", "contradicted", -0.0131,
            arm=control, other=first, unbeaten=(first,),
        ),
        make_claim(
            "Half the rate changes nothing", "equals", "undecided", 0.0036,
            arm=second, other=control, **between,
        ),
        make_claim("0.001 reaches 86 %", "reaches", "undecided", 0.8611, arm=control, number=0.86, **between),
        make_claim(
            "A rate of 0.01 diverges", "diverges", "contradicted", 0.125,
            arm=last, diverged={last: (1, 8)}, low=0.003, high=0.48, published={}, published_split=None,
        ),
    ]  # fmt: skip
    published = {control: {"train": 0.883, "test": 0.8605, "loss": 0.521}, first: {"test": 0.8702}}
    arms = tuple(
        replace(
            arm, published=published.get(arm.name, {}), published_source=text or "R0, table 2", loss=0.498
        )
        for arm in report.conclusion.arms
    )
    conclusion = replace(
        report.conclusion,
        about=f"A report compared rates with one seed each.\n\nIt could not know what luck does. {text}",
        claims=tuple(write_claim_sentences(claims, "validation", 0.05)),
        arms=arms,
    )
    return replace(report, conclusion=conclusion)


def make_claim(claim, kind, word, estimate, *, arm, other=None, **more):
    """Published on test, where the example concludes on validation."""
    given = {
        "number": None, "seeds": 8, "low": estimate - 0.0042, "high": estimate + 0.0042, "level": 0.99,
        "p_holm": 0.01, "within_margin": False, "unbeaten": (), "waiting": 0, "known_before": 0,
        "these_images_only": None,
        "detectable": None, "seeds_needed": None, "diverged": {}, "published_split": "test",
        "published": {name: 0.8605 + 0.01 * k for k, name in enumerate([arm, other]) if name},
    }  # fmt: skip
    values = {"claim": claim, "kind": kind, "word": word, "estimate": estimate, "arm": arm, "other": other}
    return ClaimResult(**(given | values | more), sentence="")


def make_history(score, epochs, steps, random, state="finished"):
    """Curves that fall and rise as curves do; a diverged run ends in NaN, a failed one early."""
    whole = epochs if state == "finished" else max(1, epochs // 2)
    t = (np.arange(whole * steps) + 1) / (epochs * steps)
    accuracy = 0.12 + (score + 0.02 - 0.12) * (1 - np.exp(-7 * t)) / (1 - np.exp(-7))
    loss = 2.3 * np.exp(-5 * t) + 0.35 - 0.1 * t
    noisy_loss = loss * random.lognormal(0, 0.12, len(t))
    noisy_accuracy = np.clip(accuracy + random.normal(0, 0.025, len(t)), 0, 1)
    if state == "diverged":
        noisy_loss[-steps // 2 :] = np.nan
    records = []
    for k in range(whole):
        part = slice(k * steps, (k + 1) * steps)
        end = (k + 1) * steps - 1
        records.append(
            EpochRecord(
                epoch=k + 1,
                train_loss=float(loss[part].mean()),
                train_accuracy=float(accuracy[part].mean()),
                validation_loss=float(loss[end] * 1.08 + random.normal(0, 0.01)),
                validation_accuracy=score if k == epochs - 1 else float(accuracy[end] - 0.02),
                learning_rate=1e-3,
                step_losses=noisy_loss[part].astype(np.float32),
                step_accuracies=noisy_accuracy[part].astype(np.float32),
                seconds=31.0,
            )
        )
    return records


def _make_arm(name, control, scores, states, reference):
    known = {seed: float(scores[seed]) if state == "finished" else None for seed, state in states.items()}
    values = np.array([score for score in known.values() if score is not None])
    mean, half = float(values.mean()), _half(values, 0.95)
    return ArmResult(
        name=name,
        is_control=name == control,
        changes={} if name == control else {"optimizer.lr": name.split("=")[-1]},
        scores=known,
        states=states,
        mean=mean,
        low=mean - half,
        high=mean + half,
        parameters=124_180,
        seconds=157.0,
        published={"validation": 0.8605} if reference and name == control else {},
        published_source="R0, table 2" if reference and name == control else "",
    )


def _make_run(name, seed, state, score):
    done = state == "finished"
    return RunRecord(
        fingerprint=f"{abs(hash_of(name, seed)):064x}",
        state=state,
        recipe={"optimizer": {"name": "adam"}, "seed": seed},
        reason={"diverged": "loss was NaN at step 3 of epoch 2", "failed": "the worker was killed"}.get(
            state
        ),
        traceback="Traceback (most recent call last):\n  KilledError" if state == "failed" else None,
        attempts=1,
        last_epoch=EPOCHS if done else 2,
        last_score=float(score) if done else None,
        best_epoch=EPOCHS - seed % 2 if done else None,
        parameters=124_180,
        seconds=157.0,
        artifacts={"last.safetensors": f"{hash_of(seed, name):064x}"} if done else {},
    )


def hash_of(*parts):
    return int(hashlib.sha256(repr(parts).encode()).hexdigest(), 16)


def _half(values, level):
    return float(stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))


def _make_contrast(arm, control, family, margin):
    pairs = [s for s in arm.scores if arm.scores[s] is not None and control.scores[s] is not None]
    d = np.array([arm.scores[s] - control.scores[s] for s in pairs])
    mean, level = float(d.mean()), 1 - 0.05 / family
    half, alone = _half(d, level), _half(d, 0.95)
    low, high = mean - half, mean + half
    within = margin is not None and -margin < low and high < margin
    word = "better" if low > 0 else "worse" if high < 0 else "equivalent" if within else "undecided"
    if len(arm.states) < 5 or arm.diverged:
        word = None
    contrast = ContrastResult(
        arm=arm.name,
        pairs=len(pairs),
        difference=mean,
        low=low,
        high=high,
        level=level,
        pointwise_low=mean - alone,
        pointwise_high=mean + alone,
        p=float(stats.ttest_1samp(d, 0).pvalue),
        p_holm=None,
        rule="bonferroni",
        p_signflip=0.0078,
        word=word,
        within_margin=within,
        waiting=0,
        these_images_only=False if word == "better" else None,
        detectable=0.0031,
        seeds_needed=(6, 14),
        other_way={s: float(np.sign(x) != np.sign(mean)) for s, x in zip(pairs, d, strict=True)},
        correlation=0.61,
        divergence=DivergenceResult(arm.diverged, len(arm.states), 0, len(control.states), 1.0, differs=False)
        if arm.diverged
        else None,
        sentence="",
    )
    return write_sentence(contrast, control.name, "validation")
