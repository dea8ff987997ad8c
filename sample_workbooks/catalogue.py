"""Customers, items, prices and the open items of the earlier system. All names and numbers are invented."""

# ruff: noqa: E501 - tables are read by line

from __future__ import annotations

from decimal import Decimal

from sample_workbooks.tables import (
    Row,
    Tables,
    foreign_iban,
    ocr_number,
    registration_no,
    rows_of,
    swedish_iban,
    swedish_vat_no,
)

# Bank: b = a Swedish account number, i = an IBAN, 2 = both, e = an IBAN of the country, blank = not known to us.
_CUSTOMERS = """
No.    | Name                              | Address              | Post Code | City       | Template | Payment Terms Code | Group   | Discount | Bank | Limit   | Blocked | Contact
K00001 | Café Björken AB                   | Storgatan 3          | 972 31    | Luleå      | FORETAG  | 30D    | CAFE     |           |   | #60000  |         | Maja Björk
K00002 | Café Björken AB                   | Norrgatan 18         | 352 31    | Växjö      | FORETAG  | 20D    | CAFE     |           |   | #40000  |         | Olle Ståhl
K00003 | Lindström Bygg AB                 | Industrivägen 7      | 931 37    | Skellefteå | BYGG     | 30D    |          | AVTAL     | b | #150000 |         | Per Lindström
K00004 | Lindströms Måleri & Bygg AB       | Färgargränd 2        | 941 32    | Piteå      | FORETAG  | 30D    |          |           |   |         |         | Eva Lindström
K00005 | Åkessons Åkeri AB                 | Terminalgatan 11     | 252 78    | Helsingborg | FORETAG | 30D    |          |           | b | #80000  |         | Göran Åkesson
K00006 | Åkesson Åkeri i Skåne AB          | Lastvägen 4          | 291 62    | Kristianstad | FORETAG | 30D   |          |           |   |         |         | Ulla Åkesson
K00007 | Granit                            | Kyrkogatan 9         | 903 30    | Umeå       | FORETAG  | 10D    |          |           |   |         |         | Siv Granath
K00008 | Granit Arkitekter AB              | Kungsgatan 61        | 903 26    | Umeå       | FORETAG  | 30D    |          |           | i | #50000  |         | Johan Ek
K00009 | Berg & Söner Snickeri AB          | Hyvelvägen 5         | 891 60    | Örnsköldsvik | FORETAG | 30D   |          |           | b |         |         | Nils Berg
K00010 | Bergs Söner Handelsbolag          | Torggatan 2          | 871 30    | Härnösand  | FORETAG  | 20D    |          |           |   |         |         | Stina Berg
K00011 | Umeå Tandläkarhus AB              | Rådhusesplanaden 8   | 903 28    | Umeå       | FORETAG  | 30D    |          | AVTAL     | 2 | #75000  |         | Karin Öhman
K00012 | Advokatfirman Sörlin KB           | Skolgatan 50         | 903 27    | Umeå       | FORETAG  | 2%8-30 |          |           | b | #90000  |         | Lars Sörlin
K00013 | Hotell Älvstranden AB             | Strandgatan 1        | 961 35    | Boden      | FORETAG  | 30D    | STORKUND | AVTAL     | i | #200000 |         | Britt Nyström
K00014 | Restaurang Tre Gäddor AB          | Hamngatan 12         | 824 51    | Hudiksvall | FORETAG  | 14D    | CAFE     |           |   | #45000  |         | Mats Gädda
K00015 | Konditori Kanelbullen AB          | Nygatan 22           | 831 30    | Östersund  | FORETAG  | 14D    | CAFE     |           | b | #45000  |         | Inga Frisk
K00016 | Västerbottens Redovisning AB      | Fabriksgatan 6       | 903 31    | Umeå       | FORETAG  | CM+10D |          |           | b | #60000  |         | Anna Forsman
K00017 | IT-Smedjan i Norr AB              | Teknikvägen 14       | 977 54    | Luleå      | FORETAG  | 30D    | STORKUND | AVTAL     | i | #250000 |         | Omid Rahimi
K00018 | Sjöbodens Fiskrökeri AB           | Kajvägen 3           | 874 30    | Kramfors   | FORETAG  | 30D    |          |           |   |         |         | Arne Sjödin
K00019 | Fjällräven Gård Ekonomisk Förening | Gårdsvägen 1        | 840 64    | Kälarne    | FORETAG  | 30D    |          |           | b |         |         | Märta Fjell
K00020 | Skogsbruket Tallmon AB            | Mon 4                | 912 32    | Vilhelmina | FORETAG  | 30D    |          |           | b | #50000  |         | Sven Tall
K00021 | Bokhandeln Pennan HB              | Drottninggatan 7     | 852 32    | Sundsvall  | FORETAG  | 30D    |          |           |   |         |         | Ulrika Penn
K00022 | Gymmet Järn & Svett AB            | Hantelvägen 9        | 906 20    | Umeå       | FORETAG  | 10D    |          |           |   |         |         | Kim Järnberg
K00023 | Norrlands Plåtslageri AB          | Plåtgatan 15         | 931 32    | Skellefteå | BYGG     | 30D    |          |           | i | #70000  |         | Roger Plåt
K00024 | Ekdala Förskola                   | Ekdalavägen 20       | 907 37    | Umeå       | FORETAG  | 30D    |          | OFFENTLIG | b |         |         | Lena Ekdal
K00025 | Storåsens Vårdcentral             | Åsvägen 33           | 913 31    | Holmsund   | FORETAG  | 30D    |          | OFFENTLIG | i |         |         | Hanna Storås
K00026 | Biblioteket i Myrvik              | Torget 1             | 830 24    | Oviken     | FORETAG  | 30D    |          | OFFENTLIG |   |         |         | Tove Myr
K00027 | Myrviks Kommun                    | Kommunhuset 1        | 830 24    | Oviken     | FORETAG  | 30D    | STORKUND | OFFENTLIG | 2 |         |         | Fakturaenheten
K00028 | Solgläntans Äldreboende AB        | Solvägen 8           | 944 33    | Hortlax    | FORETAG  | 30D    |          | OFFENTLIG | b | #60000  |         | Gun Sol
K00029 | Bilverkstaden Vinkelmuttern AB    | Garagegatan 2        | 961 43    | Boden      | FORETAG  | 20D    |          |           | b |         |         | Ali Demir
K00030 | Stiftelsen Renholmen              | Renholmsvägen 5      | 942 33    | Älvsbyn    | FORETAG  | 30D    |          |           |   |         |         | Åsa Ren
K00031 | Matkedjan Norr AB                 | Centrallagret 1      | 904 22    | Umeå       | FORETAG  | CM+10D |          |           | 2 | #400000 |         | Fakturaservice
K00032 | Matkedjan Norr Butik Haga         | Hagavägen 12         | 903 40    | Umeå       | FORETAG  | CM+10D |          |           |   |         |         | Butikschefen
K00033 | Matkedjan Norr Butik Ersboda      | Ersbodavägen 30      | 906 26    | Umeå       | FORETAG  | CM+10D |          |           |   |         |         | Butikschefen
K00034 | Örnfrakt Logistik AB              | Hangarvägen 2        | 861 36    | Timrå      | FORETAG  | 30D    | STORKUND |           | b | #120000 |         | Dag Örn
K00035 | Snöflingan Skiduthyrning AB       | Liftvägen 6          | 840 98    | Tänndalen  | FORETAG  | 2%8-30 |          |           | b | #30000  |         | Linn Snö
K00036 | Frisör Saxofonen                  | Bagargränd 3         | 891 33    | Örnsköldsvik | FORETAG | 10D   |          |           |   |         |         | Moa Sax
K00037 | Kyrkans Församlingshem i Nordmaling | Kyrkbyn 2          | 914 32    | Nordmaling | FORETAG  | 30D    |          |           | b |         |         | Kyrkokansliet
K00038 | Östra Hamnens Båtvarv AB          | Varvsgatan 10        | 871 33    | Härnösand  | FORETAG  | 30D    |          |           | i | #55000  |         | Tor Hamn
K00039 | Sigrid Wallgren                   | Björkvägen 17        | 903 39    | Umeå       | PRIVAT   | 10D    |          |           |   |         |         |
K00040 | Tord Hällsten                     | Rönngränd 4          | 903 54    | Umeå       | PRIVAT   | 10D    |          |           |   |         |         |
K00041 | Øresund Kaffehus ApS              | Havnegade 40         | 1058      | København  | EU       | 30D    |          |           | i | #150000 |         | Mette Holm
K00042 | Pohjola Toimistokahvi Oy          | Rantakatu 6          | 65100     | Vaasa      | EU       | 30D    |          |           | i | #100000 |         | Timo Lahti
K00043 | Fjordkontor AS                    | Strandveien 8        | 8006      | Bodø       | EXPORT   | 30D    |          |           | i | #100000 |         | Ingrid Vik
K00044 | Konkursboet Gamla Ångbageriet     | Sotargatan 1         | 852 29    | Sundsvall  | FORETAG  | 0D     |          |           |   |         | All     | Förvaltaren
K00045 | Kafé Sista Slanten                | Backgatan 13         | 803 20    | Gävle      | FORETAG  | 30D    | CAFE     |           |   |         | Ship    | Bo Slant
K00046 | Dröjsmåls Måleri AB               | Väntevägen 90        | 784 33    | Borlänge   | FORETAG  | 30D    |          |           | b |         | Invoice | Rolf Dröj
K00047 | Teater Månskäran                  | Scengatan 5          | 903 25    | Umeå       | FORETAG  | 30D    |          |           |   | #25000  |         | Vera Måne
K00048 | Ateljé Norrljus                   | Gallerigränd 7      | 903 25    | Umeå       | FORETAG  | 20D    |          |           | b |         |         | Ida Norr
K00049 | Lübecker Röstkontor GmbH          | Salzspeicherweg 12  | 23552     | Lübeck     | EU       | 2%8-30 |          |           | e | #400000 |         | Anke Brandt
K00050 | Merenkurkun Toimistopalvelu Oy    | Satamakatu 19       | 65170     | Vaasa      | EU       | 30D    |          |           | e | #300000 |         | Outi Salo
K00051 | Nordlys Kontorservice AS          | Havnegata 3         | 8514      | Narvik     | EXPORT   | 30D    |          |           | e | #250000 |         | Eirik Moen
"""

# The foreign buyers' VAT numbers are invented; their check digits are right.
_FOREIGN = {
    "K00041": ("DK", "DK88146328"),
    "K00042": ("FI", "FI20774708"),
    "K00043": ("NO", ""),
    "K00049": ("DE", "DE318204474"),
    "K00050": ("FI", "FI31820458"),
    "K00051": ("NO", ""),
}
CURRENCY_OF = {"K00049": "EUR", "K00050": "EUR", "K00051": "NOK"}
"""Customers who are invoiced in their own currency; the other ones abroad pay in kronor."""
_NO_TOLERANCE = ("K00024",)
_BRANCH_OF = {"K00032": "K00031", "K00033": "K00031"}

_ITEMS = """
No.     | Description                          | Type          | Unit of Measure | Unit Price  | Unit Cost | Gen. Prod. Posting Group | VAT Prod. Posting Group | Item Discount Group | Inventory
KAF-001 | Mörkrost hela bönor 1 kg             | Inventory     | KG    | #189.50    | #104.20  | FOOD     | FOOD    | KAFFE | #4200
KAF-002 | Mellanrost hela bönor 1 kg           | Inventory     | KG    | #179.50    | #98.40   | FOOD     | FOOD    | KAFFE | #4200
KAF-003 | Espresso Midnattssol hela bönor 1 kg | Inventory     | KG    | #214.00    | #121.75  | FOOD     | FOOD    | KAFFE | #3100
KAF-004 | Ekologiskt bryggkaffe 500 g          | Inventory     | PCS   | #74.90     | #41.10   | FOOD     | FOOD    | KAFFE | #5200
KAF-005 | Koffeinfritt bryggkaffe 450 g        | Inventory     | PCS   | #69.25     | #38.00   | FOOD     | FOOD    | KAFFE | #1500
KAF-006 | Bryggkaffe storpack 48 × 100 g       | Inventory     | BOX   | #612.00    | #402.50  | FOOD     | FOOD    | KAFFE | #900
KAF-007 | Pulverkaffe automat 500 g            | Inventory     | PCS   | #118.40    | #66.30   | FOOD     | FOOD    | KAFFE | #1600
KAF-008 | Kaffekapslar Norrsken 100 st         | Inventory     | BOX   | #349.00    | #188.00  | FOOD     | FOOD    | KAFFE | #1400
TEE-001 | Svart te Earl Grey 100 påsar         | Inventory     | BOX   | #96.35     | #47.20   | FOOD     | FOOD    | TE    | #900
TEE-002 | Grönt te Sencha 100 påsar            | Inventory     | BOX   | #102.85    | #51.00   | FOOD     | FOOD    | TE    | #900
TEE-003 | Rooibos 100 påsar                    | Inventory     | BOX   | #98.15     | #48.80   | FOOD     | FOOD    | TE    | #700
TEE-004 | Örtte Fjällkvanne 20 påsar           | Inventory     | BOX   | #44.45     | #21.90   | FOOD     | FOOD    | TE    | #650
LIV-001 | Strösocker portionspåsar 1 000 st    | Inventory     | BOX   | #139.00    | #81.00   | FOOD     | FOOD    |       | #600
LIV-002 | Kaffemjölk portion 240 st            | Inventory     | BOX   | #168.75    | #97.40   | FOOD     | FOOD    |       | #800
LIV-003 | Havredryck barista 6 × 1 l           | Inventory     | BOX   | #132.30    | #84.10   | FOOD     | FOOD    |       | #1100
LIV-004 | Mjölkpulver automat 750 g            | Inventory     | PCS   | #87.65     | #49.90   | FOOD     | FOOD    |       | #800
LIV-005 | Chokladdryck automat 1 kg            | Inventory     | PCS   | #92.15     | #52.20   | FOOD     | FOOD    |       | #900
LIV-006 | Kardemummaskorpor 2 kg               | Inventory     | BOX   | #158.90    | #89.00   | FOOD     | FOOD    |       | #400
LIV-007 | Havrekakor i rulle 24 st             | Inventory     | BOX   | #214.65    | #126.00  | FOOD     | FOOD    |       | #400
LIV-008 | Lingondryck koncentrat 5 l           | Inventory     | PCS   | #176.20    | #103.50  | FOOD     | FOOD    |       | #300
LIV-009 | Honung portion 100 st                | Inventory     | BOX   | #184.05    | #110.00  | FOOD     | FOOD    |       | #300
LIV-010 | Mandelbiskvier 60 st                 | Inventory     | BOX   | #246.80    | #151.30  | FOOD     | FOOD    |       | #300
LIV-011 | Mineralvatten 24 × 33 cl             | Inventory     | BOX   | #128.00    | #79.00   | FOOD     | FOOD    |       | #700
LIV-012 | Knäckebröd fullkorn 12 paket         | Inventory     | BOX   | #234.00    | #149.00  | FOOD     | FOOD    |       | #250
MAS-001 | Kaffebryggare Norrsken Duo           | Inventory     | PCS   | #3490.00   | #2110.00 | GOODS    | GOODS25 | MASKIN | #140
MAS-002 | Kaffebryggare med termos             | Inventory     | PCS   | #2795.00   | #1640.00 | GOODS    | GOODS25 | MASKIN | #140
MAS-003 | Espressomaskin Polaris 1-grupp       | Inventory     | PCS   | #28900.00  | #19200.00 | GOODS   | GOODS25 | MASKIN | #30
MAS-004 | Espressomaskin Polaris 2-grupp       | Inventory     | PCS   | #46500.00  | #31400.00 | GOODS   | GOODS25 | MASKIN | #20
MAS-005 | Helautomat Kontor 40                 | Inventory     | PCS   | #18990.00  | #12300.00 | GOODS   | GOODS25 | MASKIN | #40
MAS-006 | Helautomat Kontor 120                | Inventory     | PCS   | #34750.00  | #23650.00 | GOODS   | GOODS25 | MASKIN | #30
MAS-007 | Kaffekvarn Granit 64 mm              | Inventory     | PCS   | #5985.00   | #3710.00 | GOODS    | GOODS25 | MASKIN | #60
MAS-008 | Vattenkokare 1,7 l rostfri           | Inventory     | PCS   | #598.40    | #322.00  | GOODS    | GOODS25 | MASKIN | #250
MAS-009 | Mjölkskummare                        | Inventory     | PCS   | #879.00    | #497.00  | GOODS    | GOODS25 | MASKIN | #120
MAS-010 | Vattenfilter maskin                  | Inventory     | PCS   | #468.75    | #251.00  | GOODS    | GOODS25 | TILLB  | #500
KON-001 | Pappersmugg 24 cl 1 000 st           | Inventory     | BOX   | #612.35    | #388.00  | GOODS    | GOODS25 | TILLB  | #600
KON-002 | Lock till pappersmugg, styck         | Inventory     | PCS   | #0.4375    | #0.2210  | GOODS    | GOODS25 | TILLB  | #90000
KON-003 | Porslinsmugg med tryck               | Inventory     | PCS   | #64.80     | #31.20   | GOODS    | GOODS25 | TILLB  | #2500
KON-004 | Kaffefilter 1×4 100 st               | Inventory     | PCS   | #18.65     | #8.90    | GOODS    | GOODS25 | TILLB  | #4000
KON-005 | Omrörarpinne björk, styck            | Inventory     | PCS   | #0.11985   | #0.0520  | GOODS    | GOODS25 | TILLB  | #200000
KON-006 | Diskmedel maskin 5 l                 | Inventory     | PCS   | #274.00    | #161.00  | GOODS    | GOODS25 | TILLB  | #350
KON-007 | Rengöringstabletter 100 st           | Inventory     | BOX   | #318.60    | #182.00  | GOODS    | GOODS25 | TILLB  | #450
KON-008 | Avkalkningsmedel 1 l                 | Inventory     | PCS   | #126.45    | #63.00   | GOODS    | GOODS25 | TILLB  | #450
KON-009 | Servett oblekt 500 st                | Inventory     | BOX   | #149.55    | #84.00   | GOODS    | GOODS25 | TILLB  | #700
KON-010 | Kopieringspapper A4 5 × 500          | Inventory     | BOX   | #289.00    | #201.00  | GOODS    | GOODS25 |        | #900
KON-011 | Anteckningsblock A5                  | Inventory     | PCS   | #34.95     | #17.10   | GOODS    | GOODS25 |        | #1500
KON-012 | Bläckpenna blå 50 st                 | Inventory     | BOX   | #198.25    | #108.00  | GOODS    | GOODS25 |        | #400
40010   | Whiteboardpenna sats om 4            | Inventory     | PCS   | #58.70     | #29.00   | GOODS    | GOODS25 |        | #800
40020   | Whiteboard 120 × 90 cm               | Inventory     | PCS   | #1149.00   | #702.00  | GOODS    | GOODS25 |        | #60
40030   | Skrivbordslampa LED                  | Inventory     | PCS   | #749.00    | #428.00  | GOODS    | GOODS25 |        | #90
TJA-001 | Installation av kaffemaskin          | Service       | HUR   | #895.00    |          | SERVICE  | SERV25  |       |
TJA-002 | Service och reparation               | Service       | HUR   | #785.00    |          | SERVICE  | SERV25  |       |
TJA-003 | Baristautbildning halvdag            | Service       | PCS   | #6400.00   |          | SERVICE  | SERV25  |       |
TJA-004 | Serviceavtal månad                   | Service       | MON   | #445.00    |          | SERVICE  | SERV25  |       |
TJA-005 | Hyra helautomat månad                | Service       | MON   | #1275.00   |          | SERVICE  | SERV25  |       |
TJA-006 | Resekostnad per mil                  | Service       | PCS   | #48.50     |          | SERVICE  | SERV25  |       |
TJA-007 | Vatten- och avloppsdragning          | Service       | HUR   | #920.00    |          | BUILD    | BUILD25 |       |
TJA-008 | Frakt                                | Service       | PCS   | #175.00    |          | FREIGHT  | SERV25  |       |
FIK-001 | Frukostbricka per person             | Non-Inventory | PCS   | #94.65     | #52.00   | CATERING | CATER12 |       |
FIK-002 | Smörgåstårta 12 bitar                | Non-Inventory | PCS   | #785.50    | #431.00  | CATERING | CATER12 |       |
FIK-003 | Konferensfika med bulle per person   | Non-Inventory | PCS   | #58.95     | #29.00   | CATERING | CATER12 |       |
FIK-004 | Lunchlåda vegetarisk                 | Non-Inventory | PCS   | #117.85    | #71.00   | CATERING | CATER12 |       |
00701   | Kaffets historia (bok)               | Inventory     | PCS   | #234.90    | #139.00  | BOOKS    | BOOKS6  |       | #200
00702   | Baristans handbok (bok)              | Inventory     | PCS   | #279.25    | #166.00  | BOOKS    | BOOKS6  |       | #200
00703   | Fika på norrländska (bok)            | Inventory     | PCS   | #198.11    | #118.00  | BOOKS    | BOOKS6  |       | #200
00704   | Almanacka kontor 2027                | Inventory     | PCS   | #128.30    | #70.00   | BOOKS    | BOOKS6  |       | #600
UTG-001 | Perkolator 1978 års modell           | Inventory     | PCS   | #990.00    | #610.00  | GOODS    | GOODS25 |       | #4
UTG-002 | Julkaffe förra årets                 | Inventory     | KG    | #99.00     | #60.00   | FOOD     | FOOD    |       | #12
"""

_SALES_PRICES = """
Item No. | Applies To           | Applies-to No. | Minimum Quantity | Unit Price | Line Discount % | Starting Date | Ending Date | Currency Code
KAF-001 | All Customers        |          | #24   | #179.00   |     |             | |
KAF-001 | Customer Price Group | CAFE     |       | #172.50   |     |             | |
KAF-001 | Customer Price Group | STORKUND | #48   | #161.25   |     |             | |
KAF-002 | All Customers        |          | #24   | #169.00   |     |             | |
KAF-002 | Customer             | K00015   |       | #158.40   |     | @2026-08-01 | @2026-12-31 |
KAF-003 | Customer Price Group | CAFE     |       | #196.00   |     |             | |
KAF-003 | All Customers        |          |       | #199.00   |     | @2026-09-01 | @2026-09-30 |
KAF-006 | Customer Price Group | STORKUND |       | #558.00   |     |             | |
KAF-008 | All Customers        |          | #10   | #329.00   |     |             | |
TEE-001 | Customer             | K00013   |       | #84.10    |     |             | |
LIV-002 | All Customers        |          | #20   | #155.55   |     |             | |
LIV-003 | Customer Price Group | CAFE     | #6    | #121.95   |     |             | |
MAS-001 | All Customers        |          |       | #3190.00  |     | @2026-10-01 | @2026-10-31 |
MAS-005 | Customer Price Group | STORKUND |       | #17650.00 |     |             | |
MAS-008 | All Customers        |          | #5    | #549.00   |     |             | |
KON-001 | All Customers        |          | #10   | #579.15   |     |             | |
KON-002 | All Customers        |          | #5000 | #0.39995  |     |             | |
KON-003 | All Customers        |          | #100  | #52.35    |     |             | |
KON-010 | All Customers        |          | #20   | #264.00   |     |             | |
KON-010 | Customer             | K00027   |       | #281.00   | #10 |             | |
TJA-004 | Customer             | K00017   |       | #398.00   |     |             | |
TJA-005 | Customer Price Group | STORKUND |       | #1190.00  |     |             | |
FIK-001 | All Customers        |          | #20   | #86.15    |     |             | |
00704   | All Customers        |          |       | #112.45   |     | @2026-08-01 | @2026-08-31 |
KAF-004 | All Customers        |          |       | #49.90    |     | @2026-05-01 | @2026-05-31 |
KAF-001 | All Customers        |          |       | #17.40    |     |             |             | EUR
KAF-001 | Customer             | K00049   | #24   | #16.85    |     |             |             | EUR
KAF-002 | All Customers        |          |       | #16.45    |     |             |             | EUR
KAF-003 | All Customers        |          |       | #19.80    |     |             |             | EUR
KAF-008 | All Customers        |          |       | #31.90    |     |             |             | EUR
KAF-008 | All Customers        |          | #10   | #29.75    |     |             |             | EUR
TEE-001 | All Customers        |          |       | #8.75     |     |             |             | EUR
TEE-004 | All Customers        |          |       | #4.05     |     |             |             | EUR
LIV-007 | All Customers        |          |       | #19.45    | #5  |             |             | EUR
MAS-002 | All Customers        |          |       | #259.00   |     | @2026-09-01 |             | EUR
MAS-007 | All Customers        |          |       | #549.00   |     |             |             | EUR
KON-003 | All Customers        |          |       | #5.85     |     |             |             | EUR
00701   | All Customers        |          |       | #21.50    |     |             |             | EUR
FIK-003 | All Customers        |          |       | #5.35     |     |             |             | EUR
KAF-001 | All Customers        |          |       | #199.00   |     |             |             | NOK
KAF-002 | All Customers        |          |       | #189.00   |     |             |             | NOK
KAF-004 | All Customers        |          | #12   | #76.50    |     |             |             | NOK
MAS-002 | All Customers        |          |       | #2890.00  |     |             |             | NOK
LIV-006 | All Customers        |          |       | #166.50   |     |             |             | NOK
"""

_LINE_DISCOUNTS = """
Item No. | Item Discount Group | Applies To | Applies-to No. | Minimum Quantity | Line Discount % | Starting Date | Ending Date
        | KAFFE  | Customer Discount Group | AVTAL     |      | #5    |             |
        | KAFFE  | Customer Discount Group | OFFENTLIG |      | #7.5  |             |
        | TE     | All Customers           |           | #10  | #4    |             |
        | TE     | Customer Discount Group | OFFENTLIG |      | #7.5  |             |
        | MASKIN | Customer                | K00017    |      | #12   |             |
        | MASKIN | Customer Discount Group | AVTAL     |      | #8    |             |
        | TILLB  | All Customers           |           | #50  | #3    |             |
        | TILLB  | Customer Discount Group | OFFENTLIG |      | #10   | @2026-09-01 |
KON-007 |        | All Customers           |           | #5   | #6.25 |             |
LIV-010 |        | Customer                | K00011    |      | #15   |             | @2026-09-30
TJA-002 |        | Customer                | K00034    |      | #10   |             |
00702   |        | All Customers           |           | #5   | #12   |             |
KAF-007 |        | Customer                | K00005    |      | #20   | @2026-01-01 | @2026-06-30
"""

# Amounts: claims are positive; the last two are a credit memo and a payment on account.
_OPENING = """
Customer No. | Document Type | Document No. | Posting Date | Due Date    | Amount     | External Document No. | Currency Code | Amount LCY
K00003 | Invoice     | 20417 | @2026-06-18 | @2026-07-18 | #18437.00  | | |
K00005 | Invoice     | 20421 | @2026-06-22 | @2026-07-22 | #4312.00   | 4500118203 | |
K00008 | Invoice     | 20436 | @2026-07-02 | @2026-08-01 | #2964.00   | | |
K00011 | Invoice     | 20440 | @2026-07-06 | @2026-08-05 | #7188.00   | | |
K00013 | Invoice     | 20443 | @2026-07-08 | @2026-08-07 | #31505.00  | | |
K00014 | Invoice     | 20451 | @2026-07-14 | @2026-07-28 | #1876.00   | | |
K00017 | Invoice     | 20452 | @2026-07-14 | @2026-08-13 | #42290.00  | PO-7719 | |
K00020 | Invoice     | 20458 | @2026-07-20 | @2026-08-19 | #3627.00   | | |
K00027 | Invoice     | 20459 | @2026-07-21 | @2026-08-20 | #15840.00  | REK 33018 | |
K00031 | Invoice     | 20462 | @2026-07-23 | @2026-08-10 | #27915.00  | | |
K00034 | Invoice     | 20463 | @2026-07-24 | @2026-08-23 | #9253.00   | | |
K00041 | Invoice     | 20466 | @2026-07-27 | @2026-08-26 | #22680.00  | | |
K00049 | Invoice     | 20468 | @2026-07-28 | @2026-08-27 | #2184.50   | | EUR | #24244.67
K00046 | Invoice     | 20399 | @2026-05-20 | @2026-06-19 | #5471.00   | | |
K00029 | Credit Memo | 30112 | @2026-07-10 | @2026-07-10 | #-640.00   | | |
K00021 | Payment     | 51907 | @2026-07-29 |             | #-1200.00  | | |
"""


def customer_rows() -> list[Row]:
    """The rows of 01 Customers.xlsx."""
    rows = []
    for serial, given in enumerate(rows_of(_CUSTOMERS), start=1):
        number = given["No."]
        country, vat_no = _FOREIGN.get(number, ("SE", ""))
        private = given["Template"] == "PRIVAT"
        registration = registration_no(20000 + serial * 37) if country == "SE" and not private else None
        rows.append(
            {
                "No.": number,
                "Name": given["Name"],
                "Address": given["Address"],
                "Post Code": given["Post Code"],
                "City": given["City"],
                "Country Code": country,
                "Contact": given["Contact"],
                "E-mail": f"faktura.{number.lower()}@kund.example",
                "Registration No.": registration,
                "VAT Registration No.": vat_no or (swedish_vat_no(registration) if registration else None),
                "Template": given["Template"],
                "Currency Code": CURRENCY_OF.get(number),
                "Payment Terms Code": given["Payment Terms Code"],
                "Credit Limit": given["Limit"],
                "Blocked": given["Blocked"],
                "Block Payment Tolerance": "yes" if number in _NO_TOLERANCE else None,
                "Bill-to Customer No.": _BRANCH_OF.get(number),
                "Customer Price Group": given["Group"],
                "Customer Discount Group": given["Discount"],
                "Bank Account": "; ".join(_accounts(given["Bank"], serial, country)) or None,
                "Salesperson Code": "ANLI" if serial % 2 else "BESU",
            }
        )
    return rows


def _accounts(kinds: str | None, serial: int, country: str) -> list[str]:
    number = f"99{serial % 90 + 10}-{7_310_000 + serial * 4_177}"
    iban = swedish_iban("999", f"99{serial % 90 + 10}{5_520_000 + serial * 6_353}")
    if kinds == "e":
        return [foreign_iban(country, f"{serial:02d}{80_177_000 + serial * 5_407}")]
    return {"b": [number], "i": [iban], "2": [iban, number]}.get(kinds or "", [])


def item_rows() -> list[Row]:
    """The rows of the Items sheet; the last two are blocked."""
    rows = rows_of(_ITEMS)
    for row in rows:
        row["Blocked"] = "yes" if row["No."] == "UTG-001" else None
        row["Sales Blocked"] = "yes" if row["No."] == "UTG-002" else None
    return rows


def opening_rows() -> list[Row]:
    """Open items of the earlier system; its invoices carried the same kind of payment reference."""
    rows = rows_of(_OPENING)
    for row in rows:
        row["Payment Reference"] = (
            ocr_number(row["Document No."]) if row["Document Type"] == "Invoice" else None
        )
    return rows


def master_tables() -> dict[str, Tables]:
    """Sheets by workbook name: customers, items with prices and discounts, opening entries."""
    return {
        "01 Customers.xlsx": {"Customers": customer_rows()},
        "02 Items.xlsx": {
            "Items": item_rows(),
            "Sales Prices": rows_of(_SALES_PRICES),
            "Line Discounts": rows_of(_LINE_DISCOUNTS),
        },
        "03 Opening Entries.xlsx": {"Opening Entries": opening_rows()},
    }


OPENING_TOTAL = sum((row["Amount LCY"] or row["Amount"] for row in opening_rows()), Decimal(0))
