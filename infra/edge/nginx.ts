// The edge's configuration for one installation. Three names and nothing else: the console, the sign-in
// (only the paths a browser needs for signing in) and one name per notebook. Everything else is refused
// here, before it reaches any of ours.
import type { Site } from "../installation.ts"

const ID = "[a-z2-7]{12}"

/** What people and programs read while one of ours is away: a code, what it means, and that it comes back. */
function awayMaps(): string {
  const parts = [
    ["console", "platform_restarting", "Glasshouse is starting again. Nothing that was confirmed is lost."],
    ["sign_in", "sign_in_restarting", "The sign-in is starting again. Nothing that was confirmed is lost."],
    [
      "notebook",
      "gateway_restarting",
      "The way to the notebooks is starting again. Your notebook goes on meanwhile.",
    ],
  ] as const
  const maps = parts.map(
    ([name, code, message]) => `
  map $http_accept $away_${name} {
    default '{"code":"${code}","message":"${message}","way":"Try again in a few seconds."}';
    "~*text/html" '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="3"><title>One moment · Glasshouse</title><style>body{font:1rem/1.6 system-ui,sans-serif;margin:15vh auto;max-width:34rem;padding:0 1.5rem;color-scheme:light dark}</style></head><body data-code="${code}"><main><h1>One moment</h1><p>${message}</p><p>This page looks again every three seconds.</p></main></body></html>';
  }`,
  )
  return `${maps.join("")}
  map $http_accept $away_type { default "application/json; charset=utf-8"; "~*text/html" "text/html; charset=utf-8"; }`
}

/** nginx's own 502 and 504 only: what one of ours answers passes as it is. */
function whenAway(name: "console" | "sign_in" | "notebook"): string {
  return `error_page 502 504 =503 @away;
    location @away {
      default_type "";
      add_header Content-Type $away_type always;
      add_header Retry-After 3 always;
      add_header Cache-Control no-store always;
      add_header X-Content-Type-Options nosniff always;
      add_header Content-Security-Policy "default-src 'none'; style-src 'unsafe-inline'" always;
      return 503 $away_${name};
    }`
}

function escapeName(host: string): string {
  return host.replaceAll(".", "\\.")
}

export function renderNginx(site: Site, tls: boolean): string {
  const listen = tls ? "listen 8080 ssl;" : "listen 8080;"
  const certificate = tls
    ? `
  ssl_certificate /etc/glasshouse/tls/tls.crt;
  ssl_certificate_key /etc/glasshouse/tls/tls.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:tls:1m;
  ssl_session_tickets off;
  add_header Strict-Transport-Security "max-age=31536000" always;`
    : ""
  // A proxy_set_header inside a location drops all inherited ones, so they are all here. The variable in
  // proxy_pass makes nginx start before its upstreams and follow their new addresses.
  return `worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr crit;
events { worker_connections 2048; }
http {
  include /etc/nginx/mime.types;
  access_log off;
  server_tokens off;
  absolute_redirect off;
  server_names_hash_bucket_size 128;
  large_client_header_buffers 4 32k;
  client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
  resolver 127.0.0.11 valid=5s ipv6=off;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  # nginx matches the decoded path but passes the path as it came: where the two could be read differently,
  # the request is not for us.
  map $request_uri $two_readings { default 0; "~*^[^?]*(;|%2f|%5c|%3b|%2e|%25|%00|//|/\\.\\.?(/|\\?|$)|\\x5c)" 1; }
${awayMaps()}
  # Generous, since a whole hospital may stand behind one address; enough to keep guessing and flooding slow.
  limit_req_zone $binary_remote_addr zone=signin:4m rate=40r/s;
  limit_req_status 429;
  proxy_http_version 1.1;
  proxy_connect_timeout 5s;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto ${site.scheme};
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header X-Forwarded-Port ${site.port};
  proxy_set_header Forwarded "";
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;${certificate}

  server { ${listen.replace(";", " default_server;")} server_name _; return 421; }

  server {
    ${listen}
    server_name ${site.host};
    client_max_body_size 64m;
    proxy_read_timeout 75s;
    ${whenAway("console")}
    location / { set $up control-plane:8080; proxy_pass http://$up; }
  }

  server {
    ${listen}
    server_name id.${site.host};
    client_max_body_size 1m;
    if ($two_readings) { return 404; }
    proxy_buffer_size 32k; proxy_buffers 8 32k; proxy_busy_buffers_size 64k;
    ${whenAway("sign_in")}
    location / { return 404; }
    # Texts of the sign-in by language: not needed for signing in, and each made-up language would cost memory.
    location ^~ /resources/glasshouse/ { return 404; }
    location ^~ /resources/master/ { return 404; }
    location ^~ /realms/glasshouse/protocol/saml { return 404; }
    limit_req zone=signin burst=200 nodelay;
    location ^~ /realms/glasshouse/protocol/ { set $up keycloak:8080; proxy_pass http://$up; }
    location ^~ /realms/glasshouse/login-actions/ { set $up keycloak:8080; proxy_pass http://$up; }
    location ^~ /realms/glasshouse/.well-known/ { set $up keycloak:8080; proxy_pass http://$up; }
    location ^~ /resources/ { set $up keycloak:8080; proxy_pass http://$up; }
    location ^~ /js/ { set $up keycloak:8080; proxy_pass http://$up; }
  }

  server {
    ${listen}
    server_name "~^${ID}\\.ws\\.${escapeName(site.host)}$";
    client_max_body_size 64m;
    proxy_buffering off;
    proxy_request_buffering off;
    proxy_read_timeout 3600s;
    proxy_send_timeout 3600s;
    ${whenAway("notebook")}
    location / { set $up gateway:8080; proxy_pass http://$up; }
  }
}
`
}
