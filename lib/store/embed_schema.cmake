# Writes OUTPUT, a C++ source that holds the files of FOLDER/*.sql in order of their numbers.
file(GLOB files ${FOLDER}/*.sql)
list(SORT files)
set(arrays "")
set(entries "")
set(number 0)
foreach(path IN LISTS files)
  math(EXPR number "${number} + 1")
  get_filename_component(name ${path} NAME)
  string(REGEX MATCH "^0*([1-9][0-9]*)_[a-z0-9_]+\\.sql$" matched ${name})
  if(NOT matched OR NOT CMAKE_MATCH_1 EQUAL number)
    message(FATAL_ERROR "schema/${name}: expected number ${number} and a name like 0002_words.sql")
  endif()
  file(READ ${path} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char file_${number}[] = {${bytes}};\n")
  string(APPEND entries
    "    {${number}, {file_${number}, sizeof(file_${number})}, \"PRAGMA user_version = ${number}\"},\n")
endforeach()

file(WRITE ${OUTPUT}.new "#include \"store/embedded_schema.hpp\"

namespace pruuv::store {
namespace {

${arrays}
constexpr SchemaFile files[] = {
${entries}};

}  // namespace

std::span<const SchemaFile> embedded_schema() { return files; }

}  // namespace pruuv::store
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
