using System.Globalization;

namespace FaceVoice.Index.Tests.Embedded;

/// <summary>
/// The process that gets killed: writes without end, telling each write before it begins (<c>B</c>) and after it was acknowledged (<c>A</c>).
/// </summary>
internal static class CrashWriter
{
    public const string Argument = "--crash-writer";
    public const int Ids = 40;

    /// <summary>Small enough that checkpoints and compactions are among what is cut short.</summary>
    public static EmbeddedStoreOptions Options { get; } = new() { CheckpointBytes = 16 << 10, GraphMinPoints = 20, GraphMinShare = 0 };

    public static async Task<int> RunAsync(string folder, int seed)
    {
        var random = new Random(seed);
        await using var store = await EmbeddedVectorStore.OpenAsync(folder, TestPoints.Schema, Options);
        for (var version = seed * 100_000; ; version++)
        {
            var numbers = Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(Ids)).Distinct().ToArray();
            var isDelete = random.Next(4) == 0;
            Tell('B', isDelete, version, numbers);
            if (isDelete)
            {
                await store.DeleteAsync([.. numbers.Select(TestPoints.Id)]);
            }
            else
            {
                await store.UpsertAsync([.. numbers.Select(n => TestPoints.Make(n, version))]);
            }

            Tell('A', isDelete, version, numbers);
            if (random.Next(50) == 0)
            {
                await store.CompactAsync();
            }
        }
    }

    private static void Tell(char what, bool isDelete, int version, int[] numbers)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {(isDelete ? 'D' : 'U')} {version} {string.Join(',', numbers)}"));
        Console.Out.Flush();
    }
}
