using FaceVoice.Cli.Commands.Remote;
using FaceVoice.Index;

namespace FaceVoice.Cli.Tests.Remote;

public sealed class FilterToWireTests
{
    private static readonly DateTimeOffset Moment = DateTimeOffset.UnixEpoch.AddTicks(20); // two microseconds

    [Fact]
    public void Convert_AllOfEveryKind_SaysTheSame()
    {
        var wire = FilterToWire.Convert(IndexFilter.All(
            IndexFilter.OfIdentity("anna"), IndexFilter.Except("room", "blue"), IndexFilter.HasId("a", "b"), new NumberFilter("age") { GreaterThan = 1, AtMost = 7 }, IndexFilter.Any(IndexFilter.OfModality(PointModality.Face))));

        Assert.Equal(
            """{ "all": { "filters": [ { "keyword": { "key": "identity", "values": [ "anna" ] } }, { "not": { "keyword": { "key": "room", "values": [ "blue" ] } } }, { "ids": { "values": [ "a", "b" ] } }, { "number": { "key": "age", "greaterThan": 1, "atMost": 7 } }, { "any": { "filters": [ { "keyword": { "key": "modality", "values": [ "face" ] } } ] } } ] } }""",
            wire.ToString());
    }

    [Fact]
    public void Convert_TimesThatExcludeTheirBound_MoveByAMicrosecond()
    {
        var wire = FilterToWire.Convert(new TimeFilter("seen") { After = Moment, Before = Moment.AddTicks(5) }).Time;

        Assert.Equal((3, 2), (wire.FromUnixMicros, wire.UntilUnixMicros));
    }

    [Fact]
    public void Convert_TimesThatIncludeTheirBound_StayOrShrinkToWholeMicroseconds()
    {
        var wire = FilterToWire.Convert(new TimeFilter("seen") { From = Moment.AddTicks(1), Until = Moment.AddTicks(19) }).Time;
        var open = FilterToWire.Convert(new TimeFilter("seen") { From = Moment }).Time;

        Assert.Equal((3, 3), (wire.FromUnixMicros, wire.UntilUnixMicros));
        Assert.Equal((2, false), (open.FromUnixMicros, open.HasUntilUnixMicros));
    }
}
