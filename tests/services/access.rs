//! Sources as companies guard them: a client certificate demanded by nginx, a proxy, a tenant header behind a path
//! prefix, tokens of an `OAuth2` server. Those that need Debian's servers are reported as skipped without them.

mod certificates;
mod guards;
mod tokens;
