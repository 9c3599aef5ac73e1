using Google.Protobuf.Reflection;

namespace FaceVoice.Server.Tests.Wire;

/// <summary>What in a newer description of a wire API breaks callers of an older one: on the wire, in JSON, or in generated code.</summary>
internal static class BreakingChanges
{
    public static IReadOnlyList<string> Between(FileDescriptorSet older, FileDescriptorSet newer)
    {
        var changes = new List<string>();
        Messages(older.File.SelectMany(f => f.MessageType), newer.File.SelectMany(f => f.MessageType).ToDictionary(m => m.Name), "", changes);
        Enums(older.File.SelectMany(f => f.EnumType), newer.File.SelectMany(f => f.EnumType).ToDictionary(e => e.Name), changes);
        var services = newer.File.SelectMany(f => f.Service).ToDictionary(s => s.Name);
        foreach (var service in older.File.SelectMany(f => f.Service))
        {
            Methods(service, services.GetValueOrDefault(service.Name), changes);
        }

        return changes;
    }

    private static void Messages(IEnumerable<DescriptorProto> older, Dictionary<string, DescriptorProto> newer, string path, List<string> changes)
    {
        foreach (var message in older)
        {
            if (!newer.TryGetValue(message.Name, out var now))
            {
                changes.Add($"{path}{message.Name} was removed");
                continue;
            }

            Fields(message, now, path + message.Name, changes);
            Messages(message.NestedType, now.NestedType.ToDictionary(m => m.Name), path + message.Name + ".", changes);
            Enums(message.EnumType, now.EnumType.ToDictionary(e => e.Name), changes);
        }
    }

    private static void Fields(DescriptorProto older, DescriptorProto newer, string path, List<string> changes)
    {
        var byName = newer.Field.ToDictionary(f => f.Name);
        var byNumber = newer.Field.ToDictionary(f => f.Number);
        foreach (var field in older.Field)
        {
            if (byName.TryGetValue(field.Name, out var named) && named.Number != field.Number)
            {
                changes.Add($"{path}.{field.Name} has number {named.Number}; it had {field.Number}");
            }
            else if (!byNumber.TryGetValue(field.Number, out var now))
            {
                changes.Add($"{path}.{field.Name} was removed");
            }
            else if (now.Name != field.Name)
            {
                changes.Add($"{path}.{field.Name} is named {now.Name}");
            }
            else if ((now.Type, now.TypeName, now.Label) != (field.Type, field.TypeName, field.Label))
            {
                changes.Add($"{path}.{field.Name} is {now.Type} {now.TypeName} / {path}.{field.Name} is {now.Label}; it was {field.Type} {field.TypeName} {field.Label}");
            }
            else if (now.Proto3Optional != field.Proto3Optional || now.HasOneofIndex != field.HasOneofIndex)
            {
                changes.Add($"{path}.{field.Name} tells differently whether it is set");
            }
        }
    }

    private static void Enums(IEnumerable<EnumDescriptorProto> older, Dictionary<string, EnumDescriptorProto> newer, List<string> changes)
    {
        foreach (var value in older.SelectMany(e => e.Value, (Enum, Value) => (Enum, Value)))
        {
            var now = newer.GetValueOrDefault(value.Enum.Name)?.Value.SingleOrDefault(v => v.Name == value.Value.Name);
            if (now?.Number != value.Value.Number)
            {
                changes.Add($"{value.Enum.Name}.{value.Value.Name} was {value.Value.Number}");
            }
        }
    }

    private static void Methods(ServiceDescriptorProto older, ServiceDescriptorProto? newer, List<string> changes)
    {
        foreach (var method in older.Method)
        {
            var now = newer?.Method.SingleOrDefault(m => m.Name == method.Name);
            if (now is null || (now.InputType, now.OutputType, now.ClientStreaming, now.ServerStreaming) != (method.InputType, method.OutputType, method.ClientStreaming, method.ServerStreaming))
            {
                changes.Add($"{older.Name}.{method.Name} was removed, or takes or gives something else");
            }
        }
    }
}
