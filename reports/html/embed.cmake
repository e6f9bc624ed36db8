# Joins the files of the page into C++: cmake -D FOLDER=… -D OUT=… -P embed.cmake
#
# The script's files are modules, each with its imports for people and their tools. Joined they are
# one script in one scope, so a name is given once over all files, and the lines that import, and
# the words `export`, are left out.
set(scripts text data dom words router controls tables comparison summary findings timeline stages cycle
            finding grid case matrices start)
set(styles base layout tables timeline grid comparison print)

set(script "\"use strict\";\n(() => {\n")
foreach(name IN LISTS scripts)
  file(READ ${FOLDER}/${name}.js text)
  string(REGEX REPLACE "(^|\n)import [^\n]*" "\\1" text "${text}")
  string(REGEX REPLACE "(^|\n)export " "\\1" text "${text}")
  string(APPEND script "${text}")
endforeach()
string(APPEND script "})();\n")

set(style "")
foreach(name IN LISTS styles)
  file(READ ${FOLDER}/${name}.css text)
  string(APPEND style "${text}")
endforeach()

foreach(text IN ITEMS "${script}" "${style}")
  if(text MATCHES "\\)page\"|</s[ct]")
    message(FATAL_ERROR "reports/html/page holds what would end its place: ${CMAKE_MATCH_0}")
  endif()
endforeach()
file(WRITE ${OUT} "#include \"reports/html/assets.h\"\n\nnamespace splitproof::reports {\n\n"
  "const std::string_view page_script = R\"page(${script})page\";\n"
  "const std::string_view page_style = R\"page(${style})page\";\n\n"
  "}  // namespace splitproof::reports\n")
