"""How many numbers of a net are trained, from its outline."""

from paribus.nets.building import outline_net


def count_parameters(options, shape, hidden=()):
    return sum(parameter.numel() for parameter in outline_net(options, shape, hidden).parameters())
