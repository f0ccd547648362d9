"""What the nets of a study say of images: classes, confusions, calibration, mistakes as pictures, filters."""

from paribus.report.images.gathering import gather_images
from paribus.report.images.sections import write_filters, write_images
from paribus.report.images.views import ImagesSection

__all__ = ["ImagesSection", "gather_images", "write_filters", "write_images"]
