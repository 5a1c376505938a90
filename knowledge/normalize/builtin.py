"""The glossary the product comes with."""

from knowledge.normalize.glossary import Glossary
from knowledge.normalize.products import PRODUCTS, PROGRAMS, STANDARDS
from knowledge.normalize.units import UNITS

BUILTIN_TERMS = (*UNITS, *PRODUCTS, *STANDARDS, *PROGRAMS)
BUILTIN = Glossary(BUILTIN_TERMS)
