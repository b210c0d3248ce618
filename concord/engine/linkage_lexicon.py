"""Field words of French, Spanish, Portuguese, German and Swedish beside the English ones. Our own wording."""
# ruff: noqa: E501, SIM905  word lists read better in long lines

from __future__ import annotations

#: Words that say nothing, in all these languages.
STOP = frozenset(
    """
    a an and are as at be by for from has have in into is it its of on or that the their this to was were will
    which with within through project programme program projet programa projeto proyecto projekt projektet
    de la le les des du d l et en au aux pour par sur dans un une avec est ou ce cette ses son sa
    el los las del y al para por con una que se su sus lo e o os da do dos das no na nos nas em com um uma
    ao aos pela pelo der die das und fur von im zur zum den dem mit och for av till i med som att det ett pa
    proj prog phase fase faza etape etapa fas sil apl lil fil erl
    """.split()
)
#: Beginnings of field words in French, Spanish, Portuguese, German and Swedish -> the English stem. The longest
#: beginning wins; words that English shares ("education", "nutrition") need no line. Our own wording.
ROOTS = {
    "appui": "support", "apoyo": "support", "apoya": "support", "apoyar": "support", "appuy": "support", "apoio": "support", "soutien": "support", "unterstutz": "support",
    "stod": "support", "assistance": "assist", "asistenc": "assist", "assistenc": "assist", "aide": "aid",
    "ayuda": "aid", "ajuda": "aid", "hilfe": "aid", "bistand": "aid", "bidrag": "contribut", "beitrag": "contribut",
    "renforc": "strength", "fortalec": "strength", "fortaleci": "strength", "reforc": "strength", "refuerz": "strength",
    "starkung": "strength", "forstark": "strength", "consolid": "consolid", "amelior": "improv", "mejora": "improv",
    "melhor": "improv", "verbesser": "improv", "forbattr": "improv", "developpement": "develop", "desarrollo": "develop",
    "desenvolvimento": "develop", "entwicklung": "develop", "utveckling": "develop", "formation": "train",
    "formacion": "train", "formacao": "train", "capacitac": "train", "ausbildung": "train", "utbildning": "educat",
    "bildung": "educat", "kapacitet": "capac", "capacit": "capac", "capacid": "capac", "enseign": "educat",
    "educac": "educat", "educat": "educat", "ensino": "educat", "ecole": "school", "scolaire": "school",
    "escuela": "school", "escolar": "school", "escola": "school", "schule": "school", "skola": "school",
    "sante": "health", "salud": "health", "saude": "health", "gesundheit": "health", "halso": "health",
    "eau": "water", "agua": "water", "wasser": "water", "vatten": "water", "potable": "drink", "trinkwasser": "water",
    "assainissement": "sanit", "saneamiento": "sanit", "saneamento": "sanit", "abwasser": "sanit",
    "route": "road", "routier": "road", "carretera": "road", "estrada": "road", "vial": "road", "strasse": "road",
    "pont": "bridg", "puente": "bridg", "ponte": "bridg", "barrage": "dam", "chemin": "rail", "ferrocarril": "rail",
    "electricite": "electr", "electrific": "electr", "energie": "energy", "energia": "energy", "electric": "electr",
    "hydraul": "water", "hidric": "water", "foret": "forest", "forestier": "forest", "bosque": "forest",
    "floresta": "forest", "wald": "forest", "skog": "forest", "agricol": "agricultur", "agropecuar": "agricultur",
    "landwirt": "agricultur", "jordbruk": "agricultur", "elevage": "livestock", "ganader": "livestock",
    "pecuari": "livestock", "peche": "fish", "pesca": "fish", "pesquer": "fish", "rural": "rural", "landlich": "rural",
    "landsbygd": "rural", "urbain": "urban", "urbano": "urban", "stadt": "urban", "semence": "seed", "semilla": "seed",
    "securite": "secur", "seguridad": "secur", "seguranca": "secur", "sicherheit": "secur", "sakerhet": "secur",
    "alimentaire": "food", "alimentari": "food", "alimentac": "food", "alimentar": "food", "aliment": "food",
    "ernahrung": "food", "livsmedel": "food", "nutricion": "nutrit", "nutricao": "nutrit", "paix": "peac",
    "paz": "peac", "frieden": "peac", "fred": "peac", "guerre": "war", "desarme": "disarm", "desminage": "demin",
    "deminage": "demin", "desminado": "demin", "droit": "right", "derecho": "right", "direito": "right",
    "menschenrecht": "right", "rattighet": "right", "humain": "human", "humano": "human", "humanitaire": "humanitar",
    "humanitari": "humanitar", "justicia": "justic", "justica": "justic", "judiciaire": "justic", "judicial": "justic",
    "gouvernance": "govern", "gobernanza": "govern", "gobernabilidad": "govern", "governanc": "govern",
    "gouvernement": "govern", "gobierno": "govern", "governo": "govern", "regierung": "govern",
    "election": "elect", "electoral": "elect", "electoraux": "elect", "elecciones": "elect", "eleic": "elect",
    "eleitoral": "elect", "parlement": "parliament", "parlamento": "parliament", "decentralis": "decentral",
    "descentraliz": "decentral", "dezentralis": "decentral", "finances": "financ", "finanzas": "financ",
    "finanzierung": "financ", "financi": "financ", "budget": "budget", "presupuest": "budget", "orcament": "budget",
    "budgetstod": "budget", "impot": "tax", "impuesto": "tax", "microcredit": "microcredit", "banque": "bank",
    "banco": "bank", "entreprise": "enterpris", "empresa": "enterpris", "pyme": "sme", "pme": "sme",
    "commerce": "trad", "comercio": "trad", "handel": "trad", "emploi": "employ", "empleo": "employ",
    "emprego": "employ", "beschaftigung": "employ", "sysselsattning": "employ", "travail": "labour",
    "trabajo": "labour", "trabalho": "labour", "femme": "women", "mujer": "women", "mulher": "women",
    "frauen": "women", "kvinn": "women", "enfant": "child", "nino": "child", "nina": "child", "infancia": "child",
    "crianca": "child", "kinder": "child", "barn": "child", "children": "child", "jeune": "youth", "joven": "youth",
    "juvent": "youth", "jovens": "youth", "jugend": "youth", "ungdom": "youth", "genre": "gender", "genero": "gender",
    "geschlecht": "gender", "jamstall": "gender", "famille": "famil", "familia": "famil", "mere": "mother",
    "madre": "mother", "maternel": "matern", "materno": "matern", "violence": "violenc", "violencia": "violenc",
    "gewalt": "violenc", "vald": "violenc", "sexuel": "sexual", "sexual": "sexual", "refugie": "refuge",
    "refugiado": "refuge", "fluchtling": "refuge", "flykting": "refuge", "deplace": "displac", "desplazad": "displac",
    "deslocad": "displac", "retour": "return", "retorno": "return", "sida": "aids", "vih": "hiv", "lutte": "fight",
    "lucha": "fight", "luta": "fight", "bekampfung": "fight", "paludisme": "malaria", "tuberculose": "tubercul",
    "maladie": "diseas", "enfermedad": "diseas", "doenca": "diseas", "krankheit": "diseas", "sjukdom": "diseas",
    "hopital": "hospital", "hopitaux": "hospital", "hospital": "hospital", "krankenhaus": "hospital",
    "sjukhus": "hospital", "medicament": "medicin", "vaccin": "vaccin", "vacuna": "vaccin", "vacina": "vaccin",
    "construction": "construct", "construccion": "construct", "construcao": "construct", "bau": "construct",
    "byggn": "construct", "rehabilit": "rehabilit", "reconstruc": "reconstruct", "wiederaufbau": "reconstruct",
    "ateranlagg": "reconstruct", "equipement": "equip", "equipamiento": "equip", "equipamento": "equip",
    "ausrust": "equip", "fourniture": "suppl", "suministro": "suppl", "fornecimento": "suppl", "approvisionnement": "suppl",
    "abastecimiento": "suppl", "abastecimento": "suppl", "versorgung": "suppl", "forsorjning": "suppl",
    "gestion": "manag", "gestao": "manag", "verwaltung": "administr", "forvaltning": "administr", "management": "manag",
    "mgmt": "manag", "mgt": "manag", "mngt": "manag", "administrac": "administr", "environnement": "environment",
    "medio": "medium", "ambiente": "environment", "ambient": "environment", "umwelt": "environment",
    "miljo": "environment", "climat": "climat", "clima": "climat", "klima": "climat", "changement": "chang",
    "cambio": "chang", "mudanca": "chang", "biodivers": "biodivers", "ressource": "resourc", "recurso": "resourc",
    "ressourcen": "resourc", "resurs": "resourc", "naturel": "natural", "natural": "natural", "natur": "natural",
    "terre": "land", "tierra": "land", "foncier": "land", "erosion": "erosion", "dechet": "wast", "residuo": "wast",
    "abfall": "wast", "mine": "min", "minier": "min", "mineria": "min", "tourisme": "tourism", "turismo": "tourism",
    "communaut": "communit", "comunid": "communit", "comunit": "communit", "gemeinde": "communit", "local": "local",
    "municipal": "municip", "population": "populat", "poblacion": "populat", "populacao": "populat", "pauvrete": "povert",
    "pobreza": "povert", "armut": "povert", "fattigdom": "povert", "reduction": "reduc", "reduccion": "reduc",
    "reducao": "reduc", "urgence": "emergenc", "emergencia": "emergenc", "nothilfe": "emergenc", "katastrof": "disaster",
    "catastrophe": "disaster", "desastre": "disaster", "katastroph": "disaster", "secheresse": "drought",
    "sequia": "drought", "seca": "drought", "inondation": "flood", "inundacion": "flood", "reforme": "reform",
    "reforma": "reform", "strategie": "strateg", "estrategia": "strateg", "politique": "polic", "politica": "polic",
    "etude": "stud", "estudio": "stud", "estudo": "stud", "studie": "stud", "recherche": "research",
    "investigacion": "research", "pesquisa": "research", "forschung": "research", "forskning": "research",
    "statisti": "statist", "estadistic": "statist", "estatistic": "statist", "recensement": "census", "censo": "census",
    "societe": "societ", "sociedad": "societ", "sociedade": "societ", "gesellschaft": "societ", "samhalle": "societ",
    "civil": "civil", "zivil": "civil", "socia": "social", "sozial": "social", "reinsercion": "reintegr",
    "reinsertion": "reintegr", "reintegr": "reintegr", "protection": "protect", "proteccion": "protect",
    "protecao": "protect", "schutz": "protect", "skydd": "protect", "prevention": "prevent", "prevencion": "prevent",
    "prevencao": "prevent", "planification": "plan", "planificacion": "plan", "planejament": "plan",
    "promotion": "promot", "promocion": "promot", "promocao": "promot", "forderung": "promot", "framjand": "promot",
    "participa": "particip", "cooperation": "cooperat", "cooperacion": "cooperat", "cooperacao": "cooperat",
    "zusammenarbeit": "cooperat", "samarbet": "cooperat", "technique": "techn", "tecnic": "techn", "technisch": "techn",
    "teknisk": "techn", "technical": "techn", "professionnel": "vocat", "profesional": "vocat", "profissional": "vocat",
    "beruf": "vocat", "yrkes": "vocat", "primaire": "primar", "primari": "primar", "grundschul": "primar",
    "secondaire": "secondar", "secundari": "secondar", "superieur": "higher", "superior": "higher", "hochschul": "higher",
    "universit": "universit", "universid": "universit", "nouvel": "new", "nouveau": "new", "nuevo": "new", "novo": "new",
    "national": "nation", "nacional": "nation", "nationell": "nation", "regional": "region", "sud": "south",
    "sur": "south", "sul": "south", "syd": "south", "nord": "north", "norte": "north", "norra": "north", "est": "east", "oeste": "west",
    "ouest": "west", "aerien": "air", "aeroport": "airport", "port": "port", "puerto": "port",
    "vivienda": "hous", "logement": "hous", "habitat": "hous", "habitac": "hous", "surveillance": "surveill",
    "suivi": "monitor", "seguimiento": "monitor", "monitoreo": "monitor", "evaluation": "evaluat", "evaluacion": "evaluat",
    "avaliac": "evaluat", "utvarder": "evaluat", "coordinat": "coordin", "coordinac": "coordin", "coordenac": "coordin",
    "observat": "observ", "observac": "observ", "policia": "police", "polizei": "police", "polis": "police", "police": "police",
    "armee": "army", "ejercito": "army", "exercito": "army", "douane": "custom", "aduana": "custom", "alfandeg": "custom",
    "dev": "develop", "devt": "develop", "dvpt": "develop", "devp": "develop", "infra": "infrastructur", "infrastr": "infrastructur",
    "env": "environment", "envt": "environment", "educ": "educat", "agric": "agricultur", "agri": "agricultur",
    "sust": "sustain", "tech": "techn", "rehab": "rehabilit", "govt": "govern", "admin": "administr", "comm": "communit",
    "util": "utilit", "transp": "transport", "constr": "construct", "reconstr": "reconstruct", "hlth": "health",
    "mkt": "market", "enterp": "enterpris", "strengthening": "strength", "strengthen": "strength", "durable": "sustain",
    "sostenible": "sustain", "sustentavel": "sustain", "nachhaltig": "sustain", "hallbar": "sustain",
}  # fmt: skip
#: Of those, the ones that are whole words and no beginnings.
WHOLE = frozenset(
    """
    dev devt dvpt devp infra env envt educ agric agri sust tech rehab govt admin comm util transp constr mkt sida
    est sur sud paz bau mine medio port barn fred vih pyme pme novo seca mere natur eau sul stod pont sante luta
    syd local civil rural terre nord aide police polis sexual
    """.split()
)
#: Numbers written as words or in Roman figures.
NUMBERS = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "premier": "1", "premiere": "1", "deuxieme": "2", "troisieme": "3", "quatrieme": "4", "primera": "1",
    "segundo": "2", "segunda": "2", "tercer": "3", "tercera": "3", "cuarta": "4", "terceira": "3", "quarta": "4",
    "1st": "1", "2nd": "2", "3rd": "3", "4th": "4", "5th": "5",
}  # fmt: skip
#: Endings of French, Spanish and Portuguese words, and what English writes; the first that fits.
COUSINS = (
    ("aciones", "ation"), ("acion", "ation"), ("acoes", "ation"), ("acao", "ation"), ("iciones", "ition"),
    ("icion", "ition"), ("icao", "ition"), ("cciones", "ction"), ("ccion", "ction"), ("ciones", "tion"),
    ("cion", "tion"), ("coes", "tion"), ("cao", "tion"), ("siones", "sion"), ("soes", "sion"), ("sao", "sion"),
    ("idades", "ity"), ("idade", "ity"), ("idad", "ity"), ("ites", "ity"), ("ite", "ity"),
    ("mientos", "ment"), ("miento", "ment"), ("mentos", "ment"), ("mento", "ment"), ("ivos", "ive"), ("ivas", "ive"),
    ("ivo", "ive"), ("iva", "ive"), ("ifs", "ive"), ("if", "ive"), ("icos", "ic"), ("icas", "ic"), ("ico", "ic"),
    ("ica", "ic"), ("iques", "ic"), ("ique", "ic"), ("ismo", "ism"), ("isme", "ism"), ("arios", "ary"),
    ("arias", "ary"), ("ario", "ary"), ("aria", "ary"), ("aires", "ary"), ("aire", "ary"), ("ales", "al"),
    ("aux", "al"), ("ais", "al"), ("icios", "ice"), ("icio", "ice"), ("encias", "ence"), ("encia", "ence"),
    ("ancias", "ance"), ("ancia", "ance"), ("eurs", "or"), ("eur", "or"), ("ores", "or"),
)  # fmt: skip
#: Small words by which a title's language is guessed.
MARKS = {
    "fr": frozenset(
        "le la les des du et aux au pour dans sur appui projet renforcement a developpement".split()
    ),
    "es": frozenset("el los las del y para en con proyecto apoyo fortalecimiento desarrollo al una".split()),
    "pt": frozenset(
        "o os da do dos das e para em no na projeto projecto apoio fortalecimento ao uma com".split()
    ),
    "de": frozenset("der die das und fur von im zur zum mit".split()),
    "sv": frozenset("och av till med for stod genom bidrag".split()),
    "en": frozenset("the of and to for in on support project development".split()),
}
