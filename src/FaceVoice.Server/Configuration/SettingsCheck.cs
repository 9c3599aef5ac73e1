using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using FaceVoice.Models.Sessions;
using Microsoft.Extensions.Configuration;

namespace FaceVoice.Server.Configuration;

/// <summary>Fills settings and holds them against their attributes; every message names the setting, its value and what is allowed.</summary>
internal static class SettingsCheck
{
    /// <summary>Copies values into the settings.</summary>
    /// <param name="configuration">Where the values come from.</param>
    /// <param name="settings">What is filled.</param>
    /// <param name="isOurs">
    /// Whether a top-level key was surely meant for us: an unknown one is then an error; a plain variable of the environment is someone
    /// else's.
    /// </param>
    public static void Bind(IConfiguration configuration, object settings, Func<string, bool> isOurs)
    {
        var problems = new List<string>();
        Fill(configuration, settings, "", isOurs, problems);
        Throw(problems);
    }

    public static void Validate(ServiceSettings settings)
    {
        var problems = new List<string>();
        Check(settings, "", problems);
        var listen = settings.Listen;
        if (listen.CertificateFile is null != listen.CertificateKeyFile is null)
        {
            problems.Add($"Listen:CertificateFile is {Show(listen.CertificateFile)} and Listen:CertificateKeyFile is {Show(listen.CertificateKeyFile)}: give both or neither.");
        }

        if (listen.ClientAuthorityFile is not null && listen.CertificateFile is null)
        {
            problems.Add("Listen:ClientAuthorityFile is given, but client certificates need TLS: give Listen:CertificateFile and Listen:CertificateKeyFile too.");
        }

        if (listen.GrpcPort != 0 && listen.GrpcPort == listen.HttpPort)
        {
            problems.Add($"Listen:GrpcPort and Listen:HttpPort are both {listen.GrpcPort}: they must differ.");
        }

        if (settings.Telemetry.OtlpEndpoint is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            problems.Add($"Telemetry:OtlpEndpoint is \"{endpoint}\"; allowed: http://host:port or https://host:port.");
        }

        if (settings.Work.Device == ExecutionDevice.Cuda && CudaSupport.Missing is { } missing)
        {
            problems.Add($"Work:Device is \"Cuda\", but CUDA cannot be used here; missing: {missing}. Take Auto or Cpu, or install what is missing.");
        }

        Throw(problems);
    }

    /// <summary>Makes sure that the files that settings name are there, before anything is started that would fail on them one by one.</summary>
    /// <exception cref="InvalidSettingsException">Some are not; the message names each setting and what it says.</exception>
    public static void RequireFiles(ServiceSettings settings)
    {
        (string Name, string? Path)[] named =
        [
            ("Access:ApiKeyFile", settings.Access.ApiKeyFile),
            ("Listen:CertificateFile", settings.Listen.CertificateFile),
            ("Listen:CertificateKeyFile", settings.Listen.CertificateKeyFile),
            ("Listen:ClientAuthorityFile", settings.Listen.ClientAuthorityFile),
            ("IndexKeyFile", settings.IndexKeyFile),
            ("IndexTemplateKeyFile", settings.IndexTemplateKeyFile),
        ];
        var missing = named.Where(file => file.Path is not null && !File.Exists(file.Path)).Select(file => $"{file.Name} is \"{file.Path}\"; there is no such file.").ToList();
        if (missing.Count > 0)
        {
            throw new InvalidSettingsException(string.Join(' ', missing));
        }
    }

    private static void Fill(IConfiguration configuration, object target, string path, Func<string, bool> isOurs, List<string> problems)
    {
        foreach (var section in configuration.GetChildren())
        {
            var name = path + section.Key;
            var property = target.GetType().GetProperty(section.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is null)
            {
                if (path.Length > 0 || isOurs(section.Key) || section.GetChildren().Any())
                {
                    problems.Add($"{name} is not a setting; known here: {Names(target)}.");
                }
            }
            else if (IsGroup(property.PropertyType))
            {
                var group = property.GetValue(target)!;
                if (!string.IsNullOrEmpty(section.Value))
                {
                    problems.Add($"{path}{property.Name} is {Show(section.Value)}, but it is a group of settings: {Names(group)}.");
                }

                Fill(section, group, path + property.Name + ":", isOurs, problems);
            }
            else if (section.GetChildren().Any())
            {
                problems.Add($"{path}{property.Name} is a single setting; nothing can stand below it.");
            }
            else
            {
                Set(section.Value, target, property, path + property.Name, problems);
            }
        }
    }

    private static void Set(string? text, object target, PropertyInfo property, string name, List<string> problems)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        try
        {
            property.SetValue(target, string.IsNullOrEmpty(text) ? type == typeof(string) ? null : throw new FormatException()
                : type == typeof(string) ? text
                : type.IsEnum ? Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse(type, text, ignoreCase: true) : throw new FormatException()
                : Convert.ChangeType(text, type, CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidCastException or ArgumentException)
        {
            var allowed = type.IsEnum ? string.Join(", ", Enum.GetNames(type)) : type == typeof(bool) ? "true, false" : Range(property) ?? "a number";
            problems.Add($"{name} is {Show(text)}; allowed: {allowed}.");
        }
    }

    private static void Check(object settings, string path, List<string> problems)
    {
        foreach (var property in settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(settings);
            if (IsGroup(property.PropertyType))
            {
                Check(value!, path + property.Name + ":", problems);
                continue;
            }

            if (property.GetCustomAttributes<ValidationAttribute>().Any(rule => !rule.IsValid(value)))
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{path}{property.Name} is {value ?? "empty"}; allowed: {Range(property) ?? "anything but nothing"}."));
            }
        }
    }

    private static bool IsGroup(Type type) => type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    private static string? Range(PropertyInfo property) => property.GetCustomAttribute<RangeAttribute>() is { } range
        ? string.Create(CultureInfo.InvariantCulture, $"{range.Minimum:#,0.##} to {range.Maximum:#,0.##}")
        : null;

    private static string Names(object group) => string.Join(", ", group.GetType().GetProperties().Select(p => p.Name));

    private static string Show(string? text) => string.IsNullOrEmpty(text) ? "empty" : $"\"{text}\"";

    private static void Throw(List<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new InvalidSettingsException(string.Join(Environment.NewLine, problems));
        }
    }
}
