// Beast offers separate compilation: compiled once here instead of in every file that uses it.
#include <boost/beast/src.hpp>
