"""A stand-in for every publisher: one local server over one small synthetic world with known right answers.

    python -m standin --port 8900          prints ENTREPOT_BASE_URL=http://127.0.0.1:8900
    with StandIn() as standin: standin.url       the same inside a test (standin.server)

README.md here has the world, the publishers, the controls under `/_ctl/` and the faults.
"""
