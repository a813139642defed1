"""The made-up events of the benchmark: the same ones for the same seed, and times relative to now."""
import json
import random
import time

PLATFORMS = ("meta", "google", "tiktok")
DAY = 86400

# What a sandbox token is for each platform; scripts/bench writes them into files.
CREDENTIALS = {
    "meta": "sandbox-meta",
    "google": '{"client_id":"bench","client_secret":"bench","refresh_token":"sandbox-google"}',
    "tiktok": "sandbox-tiktok",
}


def client_name(number):
    return f"client-{number:05d}"


def connections(clients, credentials, google="google_ads"):
    """One connection a client and platform. `credentials`: platform -> reference."""
    made = []
    for number in range(clients):
        common = {"client_id": client_name(number), "name": "main", "default_country": "DE", "currency": "EUR"}
        made.append({**common, "platform": "meta", "pixel_id": str(1_000_000_000_000_000 + number),
                     "credential": credentials["meta"]})
        made.append({**common, "platform": "google", "api": google, "customer_id": str(5_550_000_000 + number),
                     "conversion_action_id": str(7_000_000_000 + number), "credential": credentials["google"]})
        made.append({**common, "platform": "tiktok", "pixel_code": f"C0BENCH{number:013d}",
                     "tiktok.page_url": "https://shop.example/", "credential": credentials["tiktok"]})
    return {"connections": made}


def phone_of(draw, number):
    """80 % of events have one, and 30 % of those are written as people do, without a country code."""
    if draw >= 0.8:
        return None
    if draw < 0.24:
        return f"030 2312{number % 10} {100 + number % 900}"
    return f"+4930{23_000_000 + number % 1_000_000}"


def event(number, count, client, rng, now):
    """Events came in over the last day, in order, none in the last seven hours (Google takes no younger click)."""
    bits = rng.getrandbits(128)
    at = now - DAY + (DAY - 7 * 3600) * number // count
    made = {
        "id": f"{bits >> 96:08x}-{(bits >> 80) & 0xFFFF:04x}-4{(bits >> 64) & 0xFFF:03x}"
              f"-a{(bits >> 48) & 0xFFF:03x}-{bits & 0xFFFFFFFFFFFF:012x}",
        "client_id": client_name(client),
        "event_name": "purchase" if number % 4 == 0 else "lead",
        "event_time": at,
        "value": f"{10 + number % 490}.{number % 100:02d}",
        "currency": "EUR",
        "email": f"visitor.{number}@example{number % 50}.com",
        "ip": f"192.0.2.{number % 256}",
        "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                      "Chrome/126.0.0.0 Safari/537.36",
        "page_url": f"https://shop{client}.example/thanks?order={number}",
    }
    phone = phone_of(rng.random(), number)
    if phone:
        made["phone"] = phone
    click = f"{(bits >> 16) & (1 << 96) - 1:024x}"
    platform = PLATFORMS[rng.randrange(3)]
    if platform == "meta":
        made["fbc"] = f"fb.1.{at}000.IwAR{click}"
        made["fbp"] = f"fb.1.{at - 3600}000.{number % 10_000_000_000}"
    elif platform == "google":
        made["gclid"] = f"Cj0KCQ{click}"
    else:
        made["ttclid"] = f"E.C.P.{click}"
        made["ttp"] = f"2T{click[:20]}"
    return made


def write_events(path, count, clients, seed=1, now=None):
    rng = random.Random(seed)
    now = int(now or time.time())
    encode = json.JSONEncoder(separators=(",", ":")).encode
    with open(path, "w", encoding="utf-8") as out:
        for number in range(count):
            out.write(encode(event(number, count, rng.randrange(clients), rng, now)) + "\n")
