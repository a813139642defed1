"""Two thousand generated events with every oddity a collector has produced: each accounted for, none sent to
the wrong platform, none twice, no request with a fault in it."""

import collections
import random
import unittest
import uuid

import harness
from harness import DAY, HOUR, NOW, google, google_ads, meta, tiktok

EVENTS = 2000


def pick(rng, *choices):
    return rng.choice(choices)


def generate(rng, number):
    made = {"id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "client_id": pick(rng, "acme", "ads", "nobody"),
            "event_name": pick(rng, "lead", "purchase", "booking", "Lead", "my own event", "événement"),
            "event_time": NOW - pick(rng, 7 * HOUR, 20 * HOUR, 3 * DAY, 6 * DAY, 8 * DAY, 40 * DAY, 100 * DAY, HOUR,
                                     -HOUR, -3 * DAY) - rng.randrange(1000)}
    if rng.random() < 0.5:
        made["id"] = made["id"].upper()
    fields = {
        "value": ("10", "49.90", "0", "0.00", "007.5", "-5", "1e3", "abc", "12,50", "99999999999999", "NaN", " 3.10 "),
        "currency": ("EUR", "usd", "XXX", "", "BGN", "€", "EURO"),
        "email": ("ada@example.com", " Ada@Example.COM ", "no-at-sign", "a@b", "ünïcode@example.com", "a b@example.com",
                  "x" * 300 + "@example.com", "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
                  "first.last+tag@gmail.com", "a@example.com\u0000", "\u200bada@example.com"),
        "phone": ("+44 20 7946 0958", "030 901820", "0049 30 901820", "123", "call me", "+1 (650) 555-1212 ext. 5",
                  "＋１６５０５５５１２１２", "+999999999999999999", "'; DROP TABLE funnel_event; --"),
        "country": ("DE", "us", "UK", "Germany", "ZZ", ""),
        "first_name": ("Ada", "ЛЕВ", "정", "O'Neil", "  ", "Großmann"),
        "last_name": ("Lovelace", "van der Berg", "MÜLLER", "\u202eevil"),
        "city": ("Berlin", "São Paulo", "Washington D.C.", "東京"), "state": ("CA", "Bayern", "california"),
        "zip": ("94035-1234", "M1 1AE", "1", "75018"), "external_id": ("user_1", " U 2 ", 12345),
        "ip": ("203.0.113.9", "2001:db8::1", "127.0.0.1", "10.0.0.1", "nonsense", "203.0.113.9, 10.0.0.1"),
        "user_agent": ("Mozilla/5.0 (X11)", "", "a\r\nb: c", "\x1b[2J"),
        "page_url": ("https://shop.example/a?x=1&email=ada%40example.com", "shop.example", "javascript:alert(1)",
                     "https://shop.example/", "http://shop.example/ü?ttclid=abc"),
        "referrer": ("https://google.example/", "android-app://x"),
        "fbclid": ("IwAR2F4-dbP0l7Mn1Iaw_QQ", "has space", "%7Bfbclid%7D", "https://x", "a" * 600, "Cj0KCQiA"),
        "fbc": ("fb.1.%d.IwAR2F4-dbP0" % ((NOW - DAY) * 1000), "fb.1.1554763741205.Old", "fb.x.1.abc", "garbage",
                "fb.1.%d.IwAR2F4.AQQCAQMC" % ((NOW - 8 * DAY) * 1000), "fb.1.%d.future" % ((NOW + DAY) * 1000)),
        "fbp": ("fb.1.%d.1234567890" % ((NOW - DAY) * 1000), "nonsense"),
        "gclid": ("Cj0KCQiA-%d" % number, "same-click", ""), "gbraid": ("0AAAAAD-%d" % number, ""),
        "wbraid": ("CkkKCQiA-%d" % number, ""), "ttclid": ("E.C.P.%d" % number, "x" * 1001, "y" * 1000),
        "ttp": ("2abcDEF", ""), "click_timestamp": (NOW - 10 * HOUR, NOW - 95 * DAY, "yesterday", NOW * 1000, NOW + DAY),
        "order_id": ("A-1", 77, "ada@example.com"),
        "action_source": ("website", "physical_store", "phone_call", "fax", "system_generated", "app", "chat"),
        "consent_ad_user_data": ("granted", "denied", True, "maybe"),
        "consent_ad_personalization": ("granted", "denied", False), "limited_data_use": (True, False, "1", "no"),
    }
    for name, values in fields.items():
        if rng.random() < 0.45:
            made[name] = rng.choice(values)
    return made


class HardCases(harness.ProgramTest):
    def test_everything_is_accounted_for_and_nothing_is_sent_wrong(self):
        self.make_store(meta(), tiktok(), google(), google_ads("ads"), meta("ads", pixel_id="9876543210987654", currency=""))
        rng = random.Random(20261123)
        events = [generate(rng, number) for number in range(EVENTS)]
        self.import_events(*events)
        self.send(code=3)
        arrived = self.sandbox.events()
        refused = [e for e in arrived if e["status"] != "accepted"]
        self.assertEqual(refused, [], refused[:3])
        by_id = {e["id"]: e for e in events}
        clicks = {"meta": ("fbc", "fbclid"), "tiktok": ("ttclid",), "google_ads": ("gclid", "gbraid", "wbraid"),
                  "data_manager": ("gclid", "gbraid", "wbraid")}
        copies = collections.Counter((e["platform"], e["event_id"]) for e in arrived)
        self.assertEqual([key for key, count in copies.items() if count > 1], [])
        for one in arrived:
            source = by_id[one["event_id"]]
            self.assertTrue(any(source.get(name) for name in clicks[one["platform"]]), (one, source))
            self.assertNotEqual(source["client_id"], "nobody")
        self.assertGreater(len(arrived), 200)
        # Every event has a code for each platform, and every routed one a delivery.
        self.assertEqual(self.rows("SELECT count(*) FROM event_plan"), [(EVENTS,)])
        self.assertEqual(self.rows(
            "SELECT count(*) FROM event_plan ep JOIN platform p WHERE (ep.codes >> (8 * p.no)) & 255 = 0"), [(0,)])
        self.assertEqual(self.rows(
            "SELECT count(*) FROM event_plan ep JOIN platform p WHERE (ep.codes >> (8 * p.no)) & 255 = 1 AND NOT EXISTS"
            " (SELECT 1 FROM delivery d JOIN connection cn ON cn.id = d.connection_id"
            "   WHERE d.event_seq = ep.event_seq AND cn.platform = p.name)"), [(0,)])
        accepted = self.rows("SELECT count(*) FROM delivery WHERE state = 4")[0][0]
        self.assertEqual(accepted, len(arrived))


if __name__ == "__main__":
    unittest.main()
