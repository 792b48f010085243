# The R face of the Python package `glasshouse`: R has no reader for Parquet over S3 here, so queries go
# through Python's DuckDB in the same process and come back as data frames. Results are copied once.

module <- function() reticulate::import("glasshouse", convert = TRUE)

#' The project's tables: name, description, rows, and why one cannot be read now.
tables <- function() module()$tables()

#' The result of one SQL query over the project's tables, as a data frame.
query <- function(sql) module()$connect()$sql(sql)$df()

#' One table, or some columns of it, as a data frame.
read_table <- function(name, columns = NULL) module()$`_read`(name, as.list(columns))

#' What the disclosure rules find in files, before anything is asked for.
check <- function(paths) module()$check(as.list(paths))

#' Asks for the release of files: `groups` is a list of list(name=, context=, files=list(...)).
request_output <- function(title, groups) module()$request_output(title, groups)

#' This project's own requests with their states and comments.
requests <- function() module()$requests()
