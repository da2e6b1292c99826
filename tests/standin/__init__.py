"""A stand-in for every publisher: one local server over one small synthetic world with known right answers.

    python -m tests.standin --port 8900          prints ENTREPOT_BASE_URL=http://127.0.0.1:8900
    with StandIn() as standin: standin.url       the same inside a test (tests.standin.server)

A publisher's address becomes `<base>/<host>/<path>`; see `server` for the control routes and `control` for the
faults. Subjects and periods of POST /_ctl/revise, which publishes a revision:

    comtrade  reporter 276, period 2023 or 202305    that dataset: exports +5 %, smallest cell gone, new checksum
    imf       DEU, 2023          exports of that year +5 %          wdi   DEU, 2023         values +2 %
    ecb, cbr  CNY, 2023-05-17    that rate +1 %                     baci  HS92, V202601     release V202601b appears
    gacc      156, 202305        exports of that month +5 %         comext  DE, 202305      exports +5 %
    census    imports, 202305    values +5 %

POST /_ctl/release and /_ctl/withdraw take {"freq", "reporter", "period"} and add or remove a Comtrade dataset; the
years 2024 of Kazakhstan (398) and Viet Nam (704) are not out at first. POST /_ctl/rules sets caps, keys, quotas.

Not offered: tariff lines, the trade matrix, bilateral and balance layouts, async jobs and `format=CSV` of Comtrade;
JSON and XML data of the IMF; packed files of Comext (its `.dat` comes unpacked); China's query site.
"""
