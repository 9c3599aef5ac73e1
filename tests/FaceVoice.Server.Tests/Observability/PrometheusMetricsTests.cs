using System.Diagnostics.Metrics;
using FaceVoice.Server.Observability;

namespace FaceVoice.Server.Tests.Observability;

public sealed class PrometheusMetricsTests
{
    [Fact]
    public void Write_EveryKindOfInstrument_InTextFormat()
    {
        using var prometheus = new PrometheusMetrics("Test.Meter");
        using var meter = new Meter("Test.Meter");
        meter.CreateCounter<long>("test.things", null, "Things.").Add(2, new KeyValuePair<string, object?>("kind", "a\"b\\c\nd"));
        var histogram = meter.CreateHistogram<double>("test.time", "s", "Time.");
        histogram.Record(0.003);
        histogram.Record(100);
        meter.CreateObservableGauge("test.level", () => 5, "By", "Level.");

        var text = prometheus.Write();

        Assert.Contains("# TYPE test_things_total counter\ntest_things_total{kind=\"a\\\"b\\\\c\\nd\"} 2\n", text);
        Assert.Contains("test_time_seconds_bucket{le=\"0.0025\"} 0\ntest_time_seconds_bucket{le=\"0.005\"} 1\n", text);
        Assert.Contains("test_time_seconds_bucket{le=\"+Inf\"} 2\ntest_time_seconds_sum 100.003\ntest_time_seconds_count 2\n", text);
        Assert.Contains("# TYPE test_level_bytes gauge\ntest_level_bytes 5\n", text);
        Assert.Equal(text, prometheus.Write()); // reading again adds nothing
    }

    [Fact]
    public void Write_OtherMeters_AreLeftOut()
    {
        using var prometheus = new PrometheusMetrics("Test.Wanted");
        using var meter = new Meter("Test.Other");
        meter.CreateCounter<int>("test.other").Add(1);

        Assert.Equal("", prometheus.Write());
    }
}
