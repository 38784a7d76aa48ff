#!/usr/bin/python3
"""The person at the keyboard, for clients that open a browser: walks azbd's pages by their forms.

    person.py URL               signs in and allows what is asked for; ends at the client's redirect
    person.py --device URL CODE types a device code first
    person.py --answer no ...   declines instead

Who the person is: AZB_USERNAME and AZB_PASSWORD; the CA: AZB_CA_FILE. It knows nothing of the pages
but what a person sees: labelled fields and buttons. What is asked of the client's listener is
printed, so that a test can look at it.
"""
import argparse
import html.parser
import http.cookiejar
import os
import re
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

STEPS_MAX = 12
YES = re.compile(r"\b(sign in|next|accept|yes|continue|confirm|use another)\b", re.I)
NO = re.compile(r"\b(no|cancel|decline)\b", re.I)


class Forms(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.forms, self.button, self.text, self.hidden = [], None, [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        self.hidden = tag in ("style", "script")
        if tag == "form":
            self.forms.append({"action": a.get("action", ""), "method": a.get("method", "get").lower(),
                               "fields": [], "buttons": []})
        elif tag == "input" and self.forms:
            kind = a.get("type", "text")
            if kind in ("submit", "button"):
                self.forms[-1]["buttons"].append((a.get("name"), a.get("value", ""), a.get("value", "")))
            elif kind not in ("checkbox", "radio") or "checked" in a:
                self.forms[-1]["fields"].append((a.get("name"), kind, a.get("value", ""), a))
        elif tag == "button" and self.forms:
            self.button = [a.get("name"), a.get("value", ""), ""]

    def handle_endtag(self, tag):
        self.hidden = False
        if tag == "button" and self.button:
            self.forms[-1]["buttons"].append(tuple(self.button))
            self.button = None

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)
        if self.button:
            self.button[2] += data


def value_of(field, code):
    name, kind, value, attributes = field
    hint = " ".join([name or "", attributes.get("autocomplete", ""), attributes.get("id", "")]).lower()
    if kind == "hidden":
        return value
    if kind == "password":
        return os.environ["AZB_PASSWORD"]
    if code and ("code" in hint or "otc" in hint):
        return code
    if kind in ("text", "email") and not value:
        return os.environ["AZB_USERNAME"]
    return value


def choose(forms, wanted):
    for form in forms:
        for button in form["buttons"]:
            if wanted.search(button[2]) or wanted.search(button[1] or ""):
                return form, button
    return forms[0], (forms[0]["buttons"] or [None])[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", action="store_true")
    parser.add_argument("--answer", choices=["yes", "no"], default="yes")
    parser.add_argument("url")
    parser.add_argument("code", nargs="?")
    options = parser.parse_args()
    context = ssl.create_default_context(cafile=os.environ["AZB_CA_FILE"])
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    home = urllib.parse.urlsplit(options.url).netloc

    def load(request):
        try:
            answer = opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.geturl(), answer.status, answer.read().decode("utf-8", "replace")

    url, status, text = load(options.url)
    for _ in range(STEPS_MAX):
        page = Forms(text)
        if urllib.parse.urlsplit(url).netloc != home or not page.forms:
            break
        asks = any(field[1] in ("password", "text", "email") for form in page.forms for field in form["fields"])
        wanted = NO if options.answer == "no" and not asks else YES
        form, button = choose(page.forms, wanted)
        pairs = [(f[0], value_of(f, options.code)) for f in form["fields"] if f[0]]
        if button and button[0]:
            pairs.append((button[0], button[1]))
        target = urllib.parse.urljoin(url, form["action"]) if form["action"] else url
        data = urllib.parse.urlencode(pairs)
        origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
        if form["method"] == "post":
            request = urllib.request.Request(target, data.encode(), {"Origin": origin, "Referer": url})
        else:
            request = urllib.request.Request(target.split("?")[0] + "?" + data)
        url, status, text = load(request)
    print(status, url.split("?")[0])
    if status >= 400:
        print(" ".join(" ".join(Forms(text).text).split())[:800], file=sys.stderr)
        sys.exit(1)


main()
