namespace FaceVoice.Server.Tests.Configuration;

public sealed class ServiceConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("facevoice-settings-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public async Task Start_FilesThatAreMissing_NamesEachSetting()
    {
        var settings = new ServiceSettings { IndexKeyFile = "/nowhere/index.key", Access = new() { ApiKeyFile = "/nowhere/keys.json" } };
        var error = await Assert.ThrowsAsync<InvalidSettingsException>(() => FaceVoiceServer.StartAsync(settings, TestContext.Current.CancellationToken));
        Assert.Contains("Access:ApiKeyFile is \"/nowhere/keys.json\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("IndexKeyFile is \"/nowhere/index.key\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileAndOverride_OverrideWins()
    {
        var file = Write("""{ "Listen": { "GrpcPort": 6000, "HttpPort": 6001 }, /* comments are fine */ "Limits": { "MaxAudioSeconds": 30 } }""");

        var settings = ServiceConfiguration.Load(file, new Dictionary<string, string?> { ["Listen:GrpcPort"] = "7000", ["Model"] = null });

        Assert.Equal((7000, 6001, 30.0), (settings.Listen.GrpcPort, settings.Listen.HttpPort, settings.Limits.MaxAudioSeconds));
    }

    [Fact]
    public void Load_PrintedSettings_AreReadBack()
    {
        var printed = ServiceConfiguration.ToJson(new ServiceSettings { Model = "m", Limits = { MaxAudioSeconds = 17.5 } });

        var settings = ServiceConfiguration.Load(Write(printed), new Dictionary<string, string?>());

        Assert.Equal(printed, ServiceConfiguration.ToJson(settings));
    }

    [Theory]
    [InlineData("Limits:MaxAudioSeconds", "0", "Limits:MaxAudioSeconds is 0; allowed: 1 to 3,600.")]
    [InlineData("Listen:GrpcPort", "seventy", "Listen:GrpcPort is \"seventy\"; allowed: 0 to 65,535.")]
    [InlineData("Telemetry:LogLevel", "loud", "Telemetry:LogLevel is \"loud\"; allowed: Trace, Debug")]
    [InlineData("Limits:MaxAudio", "1", "Limits:MaxAudio is not a setting; known here: MaxMessageBytes")]
    [InlineData("Telemetry:LogLevel", "77", "Telemetry:LogLevel is \"77\"; allowed: Trace, Debug")]
    [InlineData("Limts:MaxAudioSeconds", "5", "Limts is not a setting; known here: Model, Index")]
    [InlineData("Port", "5", "Port is not a setting; known here: Model, Index")]
    [InlineData("Limits", "5", "Limits is \"5\", but it is a group of settings: MaxMessageBytes")]
    [InlineData("Model:Name", "5", "Model is a single setting")]
    [InlineData("Listen:CertificateFile", "a.pem", "give both or neither")]
    [InlineData("Telemetry:OtlpEndpoint", "nonsense", "allowed: http://host:port")]
    public void Load_BadSetting_NamesItAndWhatIsAllowed(string name, string value, string message)
    {
        var error = Assert.Throws<InvalidSettingsException>(() => ServiceConfiguration.Load(null, new Dictionary<string, string?> { [name] = value }));

        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Load_UnknownKeyInFile_IsAnError()
    {
        var error = Assert.Throws<InvalidSettingsException>(() => ServiceConfiguration.Load(Write("""{ "Port": 1 }"""), new Dictionary<string, string?>()));

        Assert.Contains("Port is not a setting", error.Message);
    }

    [Fact]
    public void Load_BrokenFile_NamesIt()
    {
        var file = Write("{ nonsense");

        var error = Assert.Throws<InvalidSettingsException>(() => ServiceConfiguration.Load(file, new Dictionary<string, string?>()));

        Assert.Contains(file, error.Message);
    }

    private string Write(string text)
    {
        var file = Path.Combine(_scratch.FullName, "settings.json");
        File.WriteAllText(file, text);
        return file;
    }
}
