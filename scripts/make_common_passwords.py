"""Make cop/members/data/common_passwords.txt: words that many passwords are made of.

Source: the list 'passwords' of zxcvbn 4.5.0 (PyPI), MIT licence, (c) 2012-2016 Dan Wheeler and
Dropbox, Inc.: the most used of ten million leaked passwords, most used first. Kept: the letters of
the first six thousand, and everything of twelve characters or more. Dutch words that such lists
lack are added here. Run: `pip install zxcvbn && python scripts/make_common_passwords.py`.
"""

from pathlib import Path

from zxcvbn.frequency_lists import FREQUENCY_LISTS

TARGET = Path(__file__).parent.parent / "cop" / "members" / "data" / "common_passwords.txt"
FIRST = 6000
LONG = 12

DUTCH = """
wachtwoord mijnwachtwoord geheim geheimpje welkom welkomthuis hallo halloallemaal liefde liefste
schatje schat lieverd moppie snoepje poepje zonnetje sterretje vlinder bloemetje konijn hondje
poesje paard paarden voetbal ajax feyenoord psv vitesse heerenveen twente groningen utrecht
rotterdam amsterdam denhaag eindhoven tilburg breda nijmegen arnhem haarlem zwolle maastricht
leeuwarden nederland holland belgie antwerpen oranje koningin koning vakantie zomer winter lente
herfst voorjaar najaar kerstmis verjaardag familie vriendin vriend vrienden mama papa oma opa moeder
vader broer zusje dochter computer laptop telefoon internet toetsenbord inloggen toegang sleutel
januari februari maart april mei juni juli augustus september oktober november december maandag
dinsdag woensdag donderdag vrijdag zaterdag zondag fiets fietsen auto motor school werken werk
kantoor secretariaat receptie afdeling kliniek instelling verslavingszorg verpleging begeleider
proeftuin casus intervisie herstel ervaring leren community beheerder gebruiker wijzigen veranderen
verander aanpassen tijdelijk standaard
""".split()

HEADER = """\
# Words that many passwords are made of; made by scripts/make_common_passwords.py, do not edit.
# From zxcvbn 4.5.0, MIT licence, (c) 2012-2016 Dan Wheeler and Dropbox, Inc.; Dutch words our own.
"""


def main() -> None:
    listed = FREQUENCY_LISTS["passwords"]
    words = set(DUTCH)
    for word in listed[:FIRST]:
        letters = "".join(c for c in word.lower() if c.isalpha())
        if len(letters) >= 4:
            words.add(letters)
    words |= {word.lower() for word in listed if len(word) >= LONG}
    text = HEADER + "".join(f"{word}\n" for word in sorted(words) if word.isprintable())
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
