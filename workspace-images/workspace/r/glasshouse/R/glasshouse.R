# The R face of the Python package `glasshouse`. Debian has no R reader for Parquet over S3, so queries run
# in Python's DuckDB inside the same R process (reticulate) and come back as data frames, copied once.

module <- function() reticulate::import("glasshouse", convert = TRUE)

# One connection per session: making it opens every table, and that is in the log.
session <- new.env(parent = emptyenv())
connection <- function() {
  if (is.null(session$connection)) session$connection <- module()$connect()
  session$connection
}

#' The project's tables: name, description, rows, columns, and why one cannot be read now.
tables <- function() module()$tables()

#' The columns of one table: name, type, description.
columns <- function(table) module()$columns(table)

#' The result of one SQL query over the project's tables, as a data frame.
query <- function(sql) connection()$sql(sql)$df()

#' One table, or some columns of it, as a data frame.
read_table <- function(table, columns = NULL) {
  module()$read(table, if (is.null(columns)) NULL else as.list(columns))
}

#' What the disclosure rules find in files or a data frame, before anything is asked for.
check <- function(what) module()$check(if (is.data.frame(what)) what else as.list(what))

#' Asks for the release of files with one context, or of `groups`: a list of
#' list(name =, context =, files = list(...)). Returns the request's number.
request_output <- function(title, files = NULL, context = "", groups = NULL) {
  module()$request_output(title, groups = groups, files = if (is.null(files)) NULL else as.list(files), context = context)
}

#' Your requests with their states and the checkers' comments.
requests <- function() module()$requests()
