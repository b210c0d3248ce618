"""The field's words in other languages, so that a title meets its English counterpart.

Our own small dictionary: beginnings of words, folded as `texts.plain` folds them (Latin script, no accents), in
Albanian, Bosnian/Croatian/Montenegrin/Serbian, Macedonian, Spanish, French, Portuguese and some German. It
knows single words and no grammar: docs/methods/relations.md says what it cannot do.
"""
# ruff: noqa: E501  word lists read better in long lines

from __future__ import annotations

#: English word -> beginnings of words that mean it.
_WORDS = """
border: kufi kufit kufij granic granicn frontera fronteriz frontier frontaliere fronteir grenz
police: polici policij policis policia policial policier policiere polizei polizist
officer: oficer zyrtar sluzbenik sluzbenic funcionari fonctionnaire agentes
training: trajnim trajnuar obuk obucav obuci edukacij formacion formacao formateur capacitac capacitacion ausbildung schulung usavrsavanj
course: kursi kursev tecaj cursos
support: mbeshtet podrsk poddrsk podrzav apoyo apoyar appui soutien appuyer apoio unterstutz potpor podkrep
strengthening: forcim fortalec renforc jacanj jaca ojacavanj zajaknuv zajakn starkung osnaziv fortaleciment
capacity: kapacitet capacidad capacite kapazitat
building: ngritj izgradnj izgradb construccion construcao aufbau
fight: luft luften kunder borb borba protiv suzbijanj lucha lutte combate combatir combattr kampf bekampf
prevention: parandal prevenc prevencij sprecav sprjecav prevencion prevencao spreceuvanj vorbeug
crime: krim krimi krimit kriminal kriminalitet zlocin delito delincuencia criminalite kriminalitat crimen crimes
organised: organizuar organizovan organiziran organizado organise organisiert organiziranog
smuggling: kontrabande kontraband krijumcar krijumcarenj sverc contrebande contrabando schmuggel trafico kriumcar
trafficking: trafik trafikim trgovin trgovina trata traite trafic
person: njerez qenieve ljudim ljudi lugje persona personnes pessoas menschen
migrant: migrant emigrant
migration: migrac migracij migracion migracao migrim migracoe
asylum: azil azili azilant asilo asile
refugee: refugjat izbjeglic izbeglic begalc refugiad refugie fluchtling
return: kthim povrat vracanj retorno retour ruckkehr
victim: viktim zrtv victima victime vitima opfer
child: femij dete djec deca djeteta nino ninos ninas enfant crianc kinder
woman: grua grave grate zena zene zensk mujer femme mulher frauen
youth: rini rinj mladi mladih mladinsk juventud jovenes jeunesse jovens juventude jugend
violent: dhunsh nasiln violento violent gewalt
extremism: ekstremiz ekstremizm extremismo extremisme
radicalisation: radikaliz radicalizac radicaliz radikalisierung
terrorism: terroriz terorizm teroriz terrorismo terrorisme
weapon: armeve armet oruzj oruzje armas armes waffen
small: vogla lehta lak malog pequen legeres
ammunition: municion municij munit
drug: drog droge droga drogas drogues narkotik narcotic estupefaciente stupefiant
corruption: korrupsion korupcij corrupcion corrupcao korruption
money: parave novc novca pranje dinero dinheiro geld
laundering: pastrim pranj blanqueo blanchiment branqueamento lavado perenj
asset: asete imovin imot activos avoirs ativos oduziman
justice: drejtes pravosud pravosudj pravd justicia justica gerechtigkeit
law: ligj ligjor zakon zakonsk legislacion legislacao derecho droit loi gesetz
court: gjykat sud sudov sudsk tribunal
judge: gjyqtar sudij sudac juez juece juge juiz richter
prosecutor: prokuror tuzil tuziteljstv tuzilastv tuzilac obvinitel fiscalia procureur procurador staatsanwalt
rule: sundim vladavin vladeenj estado primaute
cooperation: bashkepunim saradnj suradnj sorabotk cooperac cooperacion cooperacao zusammenarbeit
security: siguri sigurim bezbednos bezbjednos sigurnos bezbednost seguridad securite seguranc sicherheit
prison: burg burgj zatvor carcel penitenciar prisao prisoes gefangnis
customs: dogan doganor carina carinsk carine aduana douane aduane alfandeg zoll
document: dokument documento
identity: identitet identidad identite identidade
information: informac informacij informim informacion informacao
exchange: shkembim razmjen razmen intercambio echange intercambio austausch
equipment: pajisje pajim oprem opremanj equipo equipamiento equipement equipamento ausrustung
infrastructure: infrastruktur infraestructura infraestrutura
reconstruction: rindertim rikonstruk rekonstrukc reconstruccion reconstrucao rehabilitacion rehabilitacao
municipality: bashki komun opstin opcin municipio mairie
community: komunitet zajednic zaednic comunidad communaute comunidade gemeinde
civil: civil gradjansk gradansk graganskot
society: shoqeri drustv opstestv sociedad societe sociedade gesellschaft
human: njeriut ljudsk covek humano humain humana
rights: drejtat prava pravata derechos droits direitos
ministry: ministri ministarstv ministerstv ministerio ministere
interior: brendshm unutrasnj unutarnj vnatres interieur
government: qeveri vlad vlada gobierno gouvernement governo regierung
public: publik javn publico publique
administration: administrat uprav administracion administracao verwaltung
institution: institucion instituc institucij institucao
reform: reform
strategy: strategj strategij estrategia strategie
plan: planific
management: menaxhim upravlj upravuv gestion gestao
integrated: integruar integrisan integriran integrirano integrado integre integrad
regional: rajonal regionaln
investigation: hetim istrag istraz investigacion enquete investigacao ermittlung
analysis: analiz analis analyse
awareness: ndergjegjes sensibil conscien osvijest podizanj sensibilisation svijest svest
campaign: fushat kampanj campana campagne campanha
education: arsim edukim obrazov educacion educacao bildung
school: shkoll skol skola escuela ecole escola schule
health: shendet zdravlj zdravstv salud sante saude gesundheit
water: ujit vodosnab agua eau aguas wasser
rural: rurale ruraln landlich
development: zhvillim razvoj desarrollo developpement desenvolviment entwicklung
agriculture: bujqes poljoprivred zemjodel agricultura agricole agricola landwirtschaft
road: rruge putev carretera route routier estrada rodovia camino rodoviari
energy: energji energetik energia energie
electricity: elektric elektrifik electricidad electricite electrificac electrific eletricidad eletrific
food: ushqim hran hrana alimento alimentari alimentacion alimentaire alimentacao
poverty: varferi siromastv pobreza pauvrete
programme: programa programme programi
project: projekt proyecto projet projeto
aid: ndihm pomoc pomos ayuda aide ajuda hilfe
assistance: asistenc assistenz asistencia assistencia
loan: kredi kredit zajam prestamo emprestimo
technical: teknik tehnick tehnick tecnic technique
improvement: permiresim poboljsan unapredj unapred podobruv mejora mejorami amelior melhoria melhoramento verbesser
access: qasje pristup acceso acces acesso zugang
service: sherbim uslug servicio servico dienst
environment: mjedis okolis zivotn medio ambiental environnement ambiente umwelt
protection: mbrojtj zastit zastita proteccion protecao schutz
reception: pritje prihvat acogida accueil acolhiment
centre: qend centar centr centro zentrum
study: studim studij estudio etude estudo
emergency: emergjenc hitn emergencia urgence
disaster: fatkeq katastrof desastre catastrophe
peace: paqe paz paix frieden
election: zgjedh izbor eleccion eleccoe election eleic wahlen
economic: ekonomik ekonomsk economico economique wirtschaft
financial: financiar finansijsk financijsk financier financeir finanz
market: tregu trzist mercado marche markt
trade: tregti comercio commerce comercio handel
employment: punesim zaposljav vraboti empleo emploi emprego beschaftigung
private: privat privado prive
sector: sektor
hospital: spital bolnic hopital krankenhaus
vaccine: vaksin vakcin vacuna vaccin vacina
cyber: kibernet sajber ciber
forensic: forenzik forenzick foren
laboratory: laborator laboratorij laboratorio laboratoire
evidence: dokazn prova provat preuve prueba
witness: deshmit svjedok svedok testigo temoin testemunh zeugen
war: lufte ratn guerra guerre krieg
environmental: mjedisor ambiental
fund: fond fondo fonds fundo
united: bashkuara ujedinjen unidas unies vereint
european: evropian evropsk europsk europeo europeen europeu europaisch
union: bashkim unij
council: keshill vijec savet consejo conseil conselho europarat
western: perendim zapadn occidental
balkan: ballkan balkanit balcan
""".strip()

#: Letters a beginning has at least; how many may follow one, and one of _SHORT letters or fewer.
_SHORTEST, _ENDING, _SHORT, _ENDING_OF_SHORT = 3, 6, 5, 3


def _beginnings() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _WORDS.splitlines():
        english, _, beginnings = line.partition(":")
        for beginning in beginnings.split():
            found.setdefault(beginning, english)
    return found


_BEGINNINGS = _beginnings()
#: English words that begin as foreign ones do, and stay what they are.
_KEPT = frozenset(
    """
    policies policing policy criminal criminals trafic civilian civilians officers deliver delivery delivered decade decades december
    decision decisions declaration decree decline declining dedicated route routes routed person personal personnel persons persona
    personality rule ruler municipal municipalities tribunal tribunals migrant migrants emigrant emigrants emigrants sector
    sectoral sectors reform reforms reformed document documents documented documentation documentary planning strategies analysis
    analyses analyse analysed analyst analysts analyze sensibility conscience conscious sudden sudan suddenly mire
    miranda mirror kinder provat provide provider cyber centrally central centrality centralised centralized center centers
    centres centre fundamental fondant occidental trade financier financiers energies forensic forensics service
    services practice mediocre medio armes armed planificar hospital hospitals election elections commerce ambient aide aides
    aided pret pretext pretrial pretend pazar pazari marche marches marched juggle police policed munition munitions integrate integrated
    integrates asile guerrilla stupefy droit drogheda gestation union unions unionised loire avoirs
    narcotic narcotics carina novca zona zone zones skola skoll formal format permit pairs paired technique techniques
    accession accessible accessing accessed accessibility gravel governor governors governorate governorates privately
    argentina argentine armenia armenian catastrophe kindergarten centred analyser caring vaccines vaccine migrants ministries
    administrations administrative laboratories programmes crimes guerrero europeans frontiers fondly foreigners foreign
    detect detects detected detecting infrastructure infrastructures estate estates equip radicalization radicalisation radicalised radicalized radicalise centrum
    """.split()  # noqa: SIM905
)


def english(word: str) -> str:
    """The English word that a folded word of another language stands for; the word itself if none is known."""
    if word in _KEPT:
        return word
    for length in range(len(word), _SHORTEST - 1, -1):
        known = _BEGINNINGS.get(word[:length])
        if known and len(word) - length <= (_ENDING if length > _SHORT else _ENDING_OF_SHORT):
            return known
    return word
