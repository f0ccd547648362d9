"""Reads a report back as a person would: its text, its tables, its links, its charts."""

import json
from html.parser import HTMLParser

VOID = {"br", "circle", "col", "img", "input", "line", "link", "meta", "wbr"}


class Page(HTMLParser):
    """`text` is what is shown, without scripts and styles; `tables` are rows of cells by class."""

    def __init__(self, html):
        super().__init__()
        self.texts, self.tables, self.links, self.ids, self.specs, self.loads = [], {}, [], [], [], []
        self.labels, self.open = [], []
        self.names = []  # of the charts
        self._spec = False
        self.feed(html)
        self.close()

    @property
    def text(self):
        return " ".join(self.texts)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        self.loads += [
            given[k]
            for k in ("src", "href", "srcset", "action", "poster", "data")
            if k in given and tag != "a"
        ]
        self.labels += [given[k] for k in ("aria-label", "title") if k in given]
        self._spec = given.get("class") == "spec" and tag == "script"
        if self._spec:
            self.names.append(given["data-name"])
        if tag == "table":
            self._table = self.tables.setdefault(given.get("class"), [])
        if tag == "tr":
            self._table.append([])
        if tag in {"td", "th"}:
            self._table[-1].append("")

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        if self._spec:
            self.specs.append(json.loads(data))
            self._spec = False
        elif not {"script", "style"} & set(self.open):
            self.texts.append(data)
            if {"td", "th"} & set(self.open):
                self._table[-1][-1] += data
