// Boost's header libraries that offer separate compilation, compiled once here instead of in every file that uses them.
#include <boost/asio/impl/src.hpp>
#include <boost/json/src.hpp>
