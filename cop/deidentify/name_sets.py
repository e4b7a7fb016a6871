"""The names that stand in for names: common, of all ages, saying nothing of where somebody's family
comes from. A short form after a colon is used where the text has a nickname.
"""

from __future__ import annotations

WOMEN = """
Anneke Marjolein:Marjo Carolien:Caro Ineke Tineke Marleen Liesbeth:Bets Hanneke Josien Wilma
Gerda Esther Mirjam Monique Saskia:Sas Yvonne Karin Ellen Petra Sandra Linda Manon Lotte Sanne
Marieke Judith Nicole Suzanne:Suus Renate Corine Heleen Margriet:Griet Annemiek:Miek Dorien Eline
Evelien:Eef Jolanda:Jo Paula Rianne Simone Tessa Ursula Vera Brenda Claudia Daphne Emma Hilda
Irma Julia Kirsten Laura Nadine Olga Sofie Vivian Agnes Doris Hendrika:Rika Geertruida:Truus
Josefien:Fien Wilhelmina:Willy Frederika:Freddie Bianca Chantal Ingrid Jacqueline Loes Patricia
Quirine Thera Wieke Zwaantje Fleur Gonda Ottolien
""".split()

MEN = """
Arjan Bastiaan:Bas Casper Dennis Edwin Frank Gijs Hendrik:Henk Ivo Jeroen Koen Laurens Maarten
Niels Oscar Patrick Quinten:Quin Ruben Steven Thomas:Tom Vincent Wouter Albert:Ab Bernard:Ben
Christiaan:Chris Daan Erik Frits Gerard Huub Jasper Kees Leonard:Leo Marcel Norbert Olivier Paul
Rick Sander Theo Victor:Vic Willem:Wim Arnold Bram Diederik Emiel Ferdinand Gustaaf Herman Joris
Klaas Lucas Martijn Otto Pieter Roland Stefan Tobias Walter Hugo Bruno Guido Arno Remco Marco
Nicolaas:Nico Alexander:Lex Cornelis:Cor Evert Zeger Ubbo Yorick
""".split()

NEUTRAL = """
Robin Sam Kim Jip Noa Sascha:Sas Chris Jamie Dani Charlie:Char Alex Micky Luca Billie Quin Nikki
Remy:Rem Jessie:Jes Terry Pat Lou Bobbie Toni Lindsey Vick Wil Eli Finley Gabri Harper Oli Yael
Uri Zeno
""".split()

SURNAMES = """
Brouwer Dekker Kuipers Mulder Verbeek Scholten Hendriks Martens Willemsen Jacobs Koster Schouten
Timmers Wolters Evers Gerritsen Hermans Driessen Lammers Rutten Verhoeven Aalbers Bosman
Cornelissen Everts Fransen Geerts Hofman Kramer Lucassen Molenaar Nijhuis Otten Pietersen Roelofs
Snijders Tielemans Verweij Wessels Zeegers Bouwman Ebbers Goossens Aarts Claassen Theunissen
Ruijter Vermeer Nooteboom Ypma Ubink Quist Ligthart Sanders Immers
""".split()

# Written with the prefix, which is taken over only where the text has one.
PREFIXED = [
    tuple(name.rsplit(" ", 1))
    for name in (
        "de Graaf,van Dalen,van der Meer,van den Berg,de Bruin,van Leeuwen,van Vliet,van Beek,"
        "de Lange,van der Linden,van Doorn,van Rossum,van Es,de Ridder,van der Heide,van Velzen,"
        "van Houten,van der Sluis,ter Horst,van Loon,van Maanen,de Rooij,van Wessel,"
        "van den Bosch,de Haan,de Koning,van Eck,van Galen,van Schaik,van der Kolk,van Tol,"
        "de Nijs,van der Putten,van Unen,van Ieperen,van Asten,van der Zanden,van Cleef"
    ).split(",")
]

# Used only when the author wants the story to keep the origin that names show.
ORIGINS = {
    "arabic": (
        "Amina Khadija Latifa Naima Salma Zineb Houda Ikram Malika Rachida".split(),
        "Bilal Driss Hamza Ismail Khalid Mounir Nabil Omar Rachid Tarik".split(),
        "Amrani Bouzid Chakir Haddad Idrissi Mansouri Naciri Saidi Tahiri Ziani".split(),
    ),
    "turkish": (
        "Ayla Dilek Elif Gülay Hatice Leyla Nuray Sevgi Yasemin Zeynep".split(),
        "Burak Cem Emre Ferhat Hakan Kemal Murat Orhan Selim Yusuf".split(),
        "Aksoy Bulut Demir Erdem Güneş Kaya Korkmaz Öztürk Polat Yavuz".split(),
    ),
    "surinamese": (
        "Anjali Chandra Devika Indra Lalita Meena Radha Sandhya Usha Wanita".split(),
        "Anand Dinesh Haroen Kishan Mahesh Prem Ravi Sanjay Vinod Winston".split(),
        "Autar Biharie Gangadin Jadoenath Kalpoe Mohan Oedit Pinas Raghoe Sital".split(),
    ),
    "iberian": (
        "Adriana Beatriz Carmen Dolores Fernanda Inés Luisa Mercedes Rosa Yolanda".split(),
        "Alberto Carlos Diego Fernando Jorge Luis Miguel Pedro Rafael Tomás".split(),
        "Alves Costa Duarte Ferreira Gomes Lopes Mendes Pereira Ramos Silva".split(),
    ),
    "african": (
        "Abena Hodan Liya Makda Nasteho Ruta Selam Timnit Winta Zahra".split(),
        "Abdi Dawit Filmon Hassan Kofi Liban Mahad Natnael Samuel Yonas".split(),
        "Abdullahi Berhane Farah Gebre Haile Mensah Nuur Osei Tekle Warsame".split(),
    ),
    "persian": (
        "Bahar Farzaneh Golnaz Laleh Mahnaz Nasrin Parisa Roya Shirin Yalda".split(),
        "Arash Behrouz Dariush Farhad Hamid Javad Kamran Navid Reza Siamak".split(),
        "Ahmadi Bahrami Ebrahimi Ghorbani Jafari Karimi Moradi Nazari Rahimi Sharifi".split(),
    ),
    "slavic": (
        "Agnieszka Danuta Ewa Irena Jadwiga Katarzyna Małgorzata Natalia Olena Zofia".split(),
        "Andrzej Bogdan Dariusz Grzegorz Jacek Leszek Marek Oleg Piotr Wojciech".split(),
        "Adamczyk Baran Dudek Górski Kowalczyk Lis Mazur Nowicki Pawlak Zając".split(),
    ),
    "asian": (
        "Ayu Dewi Hui Lan Mei-Lin Ningsih Ratna Thuy Wati Yen".split(),
        "Adi Bambang Chen Duc Hendra Ming Quang Slamet Tjien Wei".split(),
        "Chan Halim Kwee Lim Nguyen Pham Santoso Tan Tjoa Wong".split(),
    ),
    "english": (
        "Alison Brenda Deborah Gladys Heather Joyce Megan Pamela Shirley Tracy".split(),
        "Andrew Bradley Clifford Desmond Graham Howard Kevin Nigel Russell Trevor".split(),
        "Bennett Carter Dawson Ellis Fletcher Harrison Mitchell Porter Reynolds Turner".split(),
    ),
}
LETTERS = "ABDEFGHJKLMNPRSTVWZ"
