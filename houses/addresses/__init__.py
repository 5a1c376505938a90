"""Addresses: what the CRM's field says, which street and number a text names, and the search by them."""

from houses.addresses.crm import CrmAddress, names_other_country, parse_crm_address
from houses.addresses.keys import AddressKeys, SearchKeys, address_keys, search_keys

__all__ = [
    "AddressKeys",
    "CrmAddress",
    "SearchKeys",
    "address_keys",
    "names_other_country",
    "parse_crm_address",
    "search_keys",
]
