-- Roles and databases of one installation. Runs at every start, as the server's own user: it makes what is
-- missing and sets the passwords to what the secrets say, so that a replaced secret takes effect.
\set ON_ERROR_STOP on
\set owner_password `cat /run/secrets/glasshouse/database-owner-password`
\set app_password `cat /run/secrets/glasshouse/database-app-password`
\set reader_password `cat /run/secrets/glasshouse/database-reader-password`
\set custody_password `cat /run/secrets/glasshouse/database-custody-password`
\set keycloak_password `cat /run/secrets/glasshouse/database-keycloak-password`

SELECT format('CREATE ROLE %I LOGIN', r)
  FROM unnest(ARRAY['glasshouse_owner', 'glasshouse_app', 'glasshouse_reader', 'custody', 'keycloak']) AS r
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) \gexec
ALTER ROLE glasshouse_owner PASSWORD :'owner_password';
ALTER ROLE glasshouse_app PASSWORD :'app_password';
ALTER ROLE glasshouse_reader PASSWORD :'reader_password';
ALTER ROLE custody PASSWORD :'custody_password';
ALTER ROLE keycloak PASSWORD :'keycloak_password';

SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8''', d, o)
  FROM (VALUES ('glasshouse', 'glasshouse_owner'), ('custody', 'custody'), ('keycloak', 'keycloak')) AS v (d, o)
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = d) \gexec

REVOKE ALL ON DATABASE glasshouse, custody, keycloak, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE glasshouse TO glasshouse_app, glasshouse_reader;
\connect glasshouse
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO glasshouse_owner;
GRANT USAGE ON SCHEMA public TO glasshouse_app, glasshouse_reader;
\connect custody
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO custody;
