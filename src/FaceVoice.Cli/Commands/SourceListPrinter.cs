using System.Text.Json.Nodes;
using FaceVoice.Datasets.Sources;

namespace FaceVoice.Cli.Commands;

/// <summary>Prints who would be taken for whom.</summary>
internal static class SourceListPrinter
{
    public static void Print(SourceList list, bool json)
    {
        var people = list.Sources.GroupBy(source => source.Identity.Person).OrderBy(person => person.Key, StringComparer.Ordinal).ToList();
        if (json)
        {
            Console.WriteLine(ToJson(list, people).ToJsonString());
            return;
        }

        foreach (var person in people)
        {
            Console.WriteLine($"{person.Key}: {string.Join(", ", person.Select(source => source.Name))}");
        }

        var (sources, persons) = (list.Sources.Count == 1 ? "source" : "sources", people.Count == 1 ? "person" : "people");
        Console.WriteLine($"{list.Sources.Count} {sources} of {people.Count} {persons}; nothing was extracted");
    }

    private static JsonObject ToJson(SourceList list, List<IGrouping<string, ExtractionSource>> people)
    {
        var identities = new JsonObject();
        foreach (var person in people)
        {
            identities[person.Key] = new JsonArray([.. person.Select(source => (JsonNode)new JsonObject
            {
                ["source"] = source.Name,
                ["basis"] = source.Identity.Corpus ?? source.Identity.Basis.ToString().ToLowerInvariant(),
            })]);
        }

        return new JsonObject
        {
            ["identities"] = identities,
            ["notes"] = new JsonArray([.. list.Notes.Select(note => (JsonNode)note)]),
            ["passed_over"] = new JsonArray([.. list.PassedOver.Select(entry => (JsonNode)new JsonObject { ["path"] = entry.Path, ["reason"] = entry.Reason })]),
        };
    }
}
