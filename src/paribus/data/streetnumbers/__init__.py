"""Drawn house numbers: a stand-in for SVHN that needs no download.

drawing.py     the public function; a picture from wall to digit
lettering.py   which digits, in which font, how they are set
glyphs.py      the shapes of the digits as signed distances
fonts.py       skeletons and pens
schemes.py     colours of walls, plates and ink
surfaces.py    bricks, boards, plaster
camera.py      view, light, lens, sensor
sampling.py    tables looked up between their points; noise
draws.py       random choices, looked up by name
"""

from paribus.data.streetnumbers.drawing import draw_streetnumbers

__all__ = ["draw_streetnumbers"]
