"""An authority whose clock is wrong: passes requests on to azbd and answers with another Date.

other_date.py AZBD-URL CERTIFICATE KEY CA SECONDS READY-FILE
"""
import email.utils
import http.server
import os
import ssl
import sys
import time
import urllib.request

azbd, certificate, key, ca, seconds, ready = sys.argv[1:]
trust = ssl.create_default_context(cafile=ca)


class Handler(http.server.BaseHTTPRequestHandler):
    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(time.time() + int(seconds), usegmt=True)

    def do_GET(self):
        with urllib.request.urlopen(azbd + self.path, context=trust) as answer:
            body = answer.read().replace(azbd.encode(), own.encode())
            self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
own = f"https://localhost:{server.server_address[1]}"
with open(ready + ".part", "w") as file:
    file.write(own)
os.rename(ready + ".part", ready)
server.serve_forever()
