// Hands the answer of the sign-in server to the console that opened this hidden page; same origin only.
parent.postMessage(location.href, location.origin)
