"""Names for invented people: Swedish ones of all ages, and those of people who have come here or whose parents did."""

import random

FIRST = (
    "Agneta", "Albin", "Alva", "Anders", "Anita", "Ann-Marie", "Anna", "Annika", "Arne", "Axel", "Barbro", "Bengt",
    "Berit", "Birgit", "Birger", "Bo", "Britt", "Carina", "Cecilia", "Christer", "Dagny", "Daniel", "Ebba", "Edvin",
    "Egon", "Eila", "Elin", "Elsa", "Elsie", "Emil", "Erik", "Eva-Lena", "Folke", "Frida", "Gerd", "Greger", "Gun",
    "Gunilla", "Gustav", "Göran", "Hanna", "Hans", "Harriet", "Hedvig", "Henrik", "Hilda", "Hugo", "Håkan", "Ida",
    "Inga-Lill", "Ingemar", "Ingrid", "Iris", "Ivar", "Jan-Erik", "Jenny", "Johanna", "Jonas", "Josefin", "Kalle",
    "Karin", "Kerstin", "Kjell", "Klara", "Kristina", "Lars-Åke", "Leif", "Lennart", "Linnéa", "Linus", "Lisbeth",
    "Lovisa", "Maj-Britt", "Malin", "Margareta", "Maria", "Marianne", "Mats", "Mikael", "Moa", "Märta", "Nils", "Nora",
    "Olov", "Oskar", "Pelle", "Per-Ola", "Pia", "Ragnhild", "Roland", "Rune", "Sigrid", "Siv", "Sofia", "Solveig",
    "Staffan", "Stina", "Sture", "Susanne", "Svante", "Tage", "Thérèse", "Tilda", "Torbjörn", "Tyra", "Ulla", "Urban",
    "Vega", "Vera", "Viktor", "Viola", "Åke", "Åsa", "Örjan", "Östen",
)  # fmt: skip
LAST = (
    "Alnvik", "Backlund", "Berglin", "Bergvall", "Björkén", "Boström", "Bylund", "Bäckman", "Dahlén", "Edlund",
    "Ekbom", "Engvall", "Eriksdotter", "Fjällgren", "Flodén", "Forsén", "Frisk", "Fällman", "Grahn", "Granholm",
    "Gullvik", "Hamrin", "Hedkvist", "Hellbom", "Holmsten", "Hägglöf", "Högbom", "Ivarsson", "Jarl", "Jernmark",
    "Kallin", "Kjellson", "Klingvall", "Kvarnlöf", "Källman", "Lagerkrans", "Lidgård", "Lindmark", "Ljungdal",
    "Lundkvist", "Lövbom", "Mattsdotter", "Moberg", "Modin", "Myrén", "Målare", "Nordvall", "Norlin", "Nyhlén",
    "Näslund", "Oskarsdotter", "Palmkvist", "Persdotter", "Prytz", "Rapp", "Risberg", "Rosenlöf", "Rådlund", "Rönnbäck",
    "Sandvall", "Selin", "Sjödal", "Skoglöf", "Skyttner", "Sténs", "Strandvik", "Stridh", "Sundelin", "Svedlöf",
    "Säll", "Söderkvist", "Sörman", "Tallberg", "Ternström", "Tjärnlund", "Torstensdotter", "Uddén", "Vallström",
    "Vedin", "Vestman", "Viklander", "Vänberg", "Wallmark", "Westin", "Wiklöf", "Zakrisson", "Åberg", "Ådahl",
    "Åkerlind", "Ångman", "Åslund", "Älvkvist", "Ängström", "Ödlund", "Öhrling", "Östlin",
)  # fmt: skip
OTHERS = (
    (("Aino", "Eero", "Helmi", "Kaarina", "Pekka", "Reijo", "Tuula"), ("Heikkinen", "Kauppila", "Lahtela", "Rantanen")),
    (("Amina", "Hassan", "Khaled", "Layla", "Noor", "Omar", "Rania", "Yusuf"), ("Al-Hamdan", "Darwish", "Khalil", "Mansour")),
    (("Berivan", "Dilan", "Rojda", "Serhat", "Zozan"), ("Akgül", "Demirkan", "Kayaalp", "Yildirim")),
    (("Asha", "Faduma", "Hodan", "Liban", "Mahad"), ("Abdi Warsame", "Farah", "Jama", "Nur")),
    (("Arash", "Laleh", "Mehran", "Parisa", "Shirin"), ("Farhadi", "Hosseini", "Kermani", "Sadeghi")),
    (("Adnan", "Amra", "Emina", "Jasmin", "Senad"), ("Begovac", "Hadzik", "Kovacevik", "Mujkic")),
    (("Alejandra", "Inés", "José", "Lucía", "Rubén"), ("Carrasco", "Fuentes", "Muñoz", "Sepúlveda")),
    (("Agnieszka", "Jolanta", "Marek", "Zbigniew"), ("Kowalik", "Nowicka", "Wojtas")),
    (("Abraham", "Hiwot", "Selam", "Tesfay", "Yordanos"), ("Gebremichael", "Haile", "Tekle")),
    (("Anneli", "Juhan", "Laila", "Nils-Ante"), ("Blind", "Kuhmunen", "Labba")),
    (("Mai", "Minh", "Thi Lan"), ("Nguyen", "Pham")),
    (("Olena", "Oksana", "Taras"), ("Bondar", "Kovalenko", "Marchuk")),
)  # fmt: skip
SHARE_OF_OTHERS = 0.2


def full_names(dice: random.Random, count: int) -> list[tuple[str, str]]:
    """So many first and last names, nobody's twice until the pairs run out."""
    taken: dict[tuple[str, str], None] = {}
    while len(taken) < count:
        firsts, lasts = dice.choice(OTHERS) if dice.random() < SHARE_OF_OTHERS else (FIRST, LAST)
        taken[dice.choice(firsts), dice.choice(lasts)] = None
    return list(taken)
