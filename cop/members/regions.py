"""Regions that members, organisations and spaces can name: provinces and the Caribbean part.

Proper names: they read the same in every language of the interface.
"""

REGIONS = (
    "Drenthe",
    "Flevoland",
    "Fryslân",
    "Gelderland",
    "Groningen",
    "Limburg",
    "Noord-Brabant",
    "Noord-Holland",
    "Overijssel",
    "Utrecht",
    "Zeeland",
    "Zuid-Holland",
    "Caribisch Nederland",
)
