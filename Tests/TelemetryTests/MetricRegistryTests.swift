import Telemetry
import Testing

@Suite("Metric registry")
struct MetricRegistryTests {
    static let requests = MetricDefinition(
        "requests_total", .counter, unit: "requests", labels: ["model", "outcome"], help: "Requests.")
    static let seconds = MetricDefinition(
        "wait_seconds", .histogram(bounds: [0.1, 1]), unit: "seconds", help: "Time with a \\ and a\nline.")

    @Test("the same labels give the same series")
    func sameSeries() {
        let registry = MetricRegistry()
        registry.counter(Self.requests, "a", "ok").add(2)
        registry.counter(Self.requests, "a", "ok").add()
        registry.counter(Self.requests, "b", "ok").add()
        #expect(registry.counter(Self.requests, "a", "ok").value == 3)
        #expect(registry.counter(Self.requests, "b", "ok").value == 1)
        #expect(registry.definitions == [Self.requests])
    }

    @Test("the text has help, type and sorted series")
    func text() {
        let registry = MetricRegistry()
        registry.counter(Self.requests, "b", "failed").add(1)
        registry.counter(Self.requests, "a\"\\\n", "ok").add(2)
        #expect(
            registry.prometheusText() == """
                # HELP requests_total Requests.
                # TYPE requests_total counter
                requests_total{model="a\\"\\\\\\n",outcome="ok"} 2
                requests_total{model="b",outcome="failed"} 1

                """)
    }

    @Test("a histogram counts a value on a bound below that bound, and buckets add up")
    func histogram() {
        let registry = MetricRegistry()
        let histogram = registry.histogram(Self.seconds)
        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
        histogram.observe(.milliseconds(250))
        #expect(
            registry.prometheusText() == """
                # HELP wait_seconds Time with a \\\\ and a\\nline.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.1"} 2
                wait_seconds_bucket{le="1"} 4
                wait_seconds_bucket{le="+Inf"} 5
                wait_seconds_sum 7.9
                wait_seconds_count 5

                """)
    }

    @Test("collected values are read when the text is asked for")
    func collected() {
        let registry = MetricRegistry()
        let open = MetricDefinition("open_connections", .gauge, unit: "connections", labels: ["kind"], help: "Open.")
        let gauge = registry.gauge(
            MetricDefinition("waiting", .gauge, unit: "requests", help: "Waiting."))
        registry.collect(open) { [(["tls"], 3), (["plain"], .infinity)] }
        gauge.add(5)
        gauge.add(-7)
        let text = registry.prometheusText()
        #expect(text.contains("open_connections{kind=\"tls\"} 3\n"))
        #expect(text.contains("open_connections{kind=\"plain\"} +Inf\n"))
        #expect(text.contains("waiting -2\n"))
    }

    @Test("many threads lose no count")
    func threads() async {
        let registry = MetricRegistry()
        let histogram = registry.histogram(Self.seconds)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        registry.counter(Self.requests, "a", "ok").add()
                        histogram.observe(0.5)
                    }
                }
            }
        }
        #expect(registry.counter(Self.requests, "a", "ok").value == 8000)
        #expect(histogram.snapshot.counts == [0, 8000, 0])
    }

    @Test("exponential bounds")
    func bounds() {
        #expect(MetricDefinition.exponentialBounds(from: 1, by: 2, count: 4) == [1, 2, 4, 8])
    }
}
