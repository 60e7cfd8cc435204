-- wrk prints no 95th percentile by itself.
function done(summary, latency, requests)
  io.write(string.format("p95 %.1f\n", latency:percentile(95) / 1000))
end
