import numpy as np
import torch
from torch import nn

from paribus.specs.nets import Plain
from paribus.training import Feed, evaluate

from .small import make_data, make_recipe, make_state, portion, run


def evaluated(count, **settings):
    recipe, data = make_recipe(net=Plain(widths=(4,), batch_norm=True, dropout=0.5), **settings), make_data()
    state, seen = make_state(recipe, data), portion(count, 5)
    return state.net, evaluate(state.net, Feed(recipe, data), seen), seen, data


def test_loss_and_accuracy_are_means_over_images_whatever_the_batches():
    """501 images are two batches, one of them with a single image."""
    for count in (3, 501):
        net, found, seen, data = evaluated(count)
        net.eval()
        mean = np.array(data.mean, np.float32)[:, None, None]
        deviation = np.array(data.deviation, np.float32)[:, None, None]
        pixels = (seen.pixels[seen.positions].numpy() - mean) / deviation
        with torch.no_grad():
            logits = np.concatenate([net(torch.from_numpy(pixels[i : i + 1])).numpy() for i in range(count)])
        assert np.abs(found.logits.numpy() - logits).max() < 1e-4
        logits = found.logits.numpy().astype(np.float64)
        chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        labels = seen.labels.numpy()
        assert abs(found.loss + np.log(chances[np.arange(count), labels]).mean()) < 1e-9
        assert found.accuracy == (logits.argmax(1) == labels).mean()


def test_the_mode_is_left_as_it_was_and_nothing_is_learned():
    recipe, data = make_recipe(net=Plain(widths=(4,), batch_norm=True, dropout=0.5)), make_data()
    net = make_state(recipe, data).net
    for mode in (True, False):
        net.train(mode)
        before = {name: value.clone() for name, value in net.state_dict().items()}
        evaluate(net, Feed(recipe, data), data.validation)
        assert {layer.training for layer in net.modules()} == {mode}
        assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_no_generator_is_touched():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    first = evaluated(40)[1]
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(4)
    assert torch.equal(evaluated(40)[1].logits, first.logits)


def test_what_is_evaluated_is_not_varied():
    assert torch.equal(
        evaluated(40, augment=[{"name": "rotate"}, {"name": "flip"}])[1].logits, evaluated(40)[1].logits
    )


def test_logits_that_are_no_numbers_give_a_loss_that_is_none():
    class Ruined(nn.Module):
        def forward(self, images):
            return torch.full((len(images), 4), torch.nan)

    recipe, data = make_recipe(), make_data()
    assert np.isnan(evaluate(Ruined(), Feed(recipe, data), data.validation).loss)


def test_with_flips_an_image_is_judged_by_the_mean_of_it_and_its_mirror_image():
    net, found, seen, data = evaluated(40, test_time_flip=True)
    plain = evaluated(40)[1].logits
    mirrored = type(seen)(seen.pixels.flip(3), seen.positions, seen.origins, seen.labels)
    other = evaluate(net, Feed(make_recipe(), data), mirrored).logits
    assert not torch.equal(plain, other)
    assert torch.allclose(found.logits, (plain + other) / 2, atol=1e-6)
    assert found.accuracy == float((found.logits.argmax(1) == seen.labels).double().mean())


def test_flips_when_judging_change_nothing_about_training():
    runs = [run(make_recipe(test_time_flip=flip), make_data()) for flip in (False, True)]
    for name, value in runs[0].net.state_dict().items():
        assert torch.equal(value, runs[1].net.state_dict()[name])
    losses = [state.history[-1].validation_loss for state in runs]
    assert losses[0] != losses[1]
    assert runs[0].history[-1].train_loss == runs[1].history[-1].train_loss
