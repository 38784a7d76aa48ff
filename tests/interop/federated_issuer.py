"""An issuer of federated tokens, as a CI service is one: federated_issuer.py FOLDER ISSUER SUBJECT

Writes FOLDER/jwks.json and FOLDER/federated.jwt, made by PyJWT and cryptography.
"""
import json
import sys
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

folder, issuer, subject = sys.argv[1:]
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
with open(f"{folder}/jwks.json", "w", encoding="ascii") as file:
    json.dump({"keys": [{**public, "kid": "ci-1", "use": "sig", "alg": "RS256"}]}, file)
now = int(time.time())
token = jwt.encode(
    {"iss": issuer, "sub": subject, "aud": "api://AzureADTokenExchange", "iat": now, "nbf": now, "exp": now + 3600},
    key, algorithm="RS256", headers={"kid": "ci-1"})
with open(f"{folder}/federated.jwt", "w", encoding="ascii") as file:
    file.write(token)
