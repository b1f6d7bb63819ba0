"""The product's settings with the measured view mounted."""

from auctor.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.support.page_sites.product_urls"
