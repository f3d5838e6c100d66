-- Asks for the targets listed in a file, in turn; prints one line of JSON at the end.
local requests, position = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", line)
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local failed = summary.errors
  local errors = failed.connect + failed.read + failed.write + failed.status + failed.timeout
  print(string.format('{"rate": %.3f, "median": %.4f, "p99": %.4f, "errors": %d}',
    (summary.requests - failed.status) / (summary.duration / 1e6),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, errors))
end
