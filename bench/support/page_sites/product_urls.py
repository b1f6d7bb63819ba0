"""The product's addresses and the view behind the product's door."""

from django.urls import path

from auctor.config import urls as product
from auctor.tenancy.permissions import Permission
from auctor.web.page import PUBLIC, page
from bench.support.page_sites import view

handler400, handler403 = product.handler400, product.handler403
handler404, handler500 = product.handler404, product.handler500
urlpatterns = [
    *product.urlpatterns,
    path("bench/anonymous/", page(permission=PUBLIC("A measurement."))(view.show)),
    path("bench/signed-in/", page(permission=Permission.DEAL_READ)(view.show)),
]
