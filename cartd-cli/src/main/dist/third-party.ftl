What is in lib/ beside cartd itself, and under which licence. Where there are several, any of them may be chosen.
The page that is named leads to the source code.

The texts are in licences/: those of a jar, with its notices, in the directory that is named like it, where it brings
some. Else LICENSE holds Apache-2.0, licences/EPL-2.0.md EPL-2.0, licences/JLine.txt the one of jline-*,
licences/progressbar.txt the one of progressbar.

<#list dependencyMap as entry>
<#assign jar = entry.getKey()>
<#if jar.groupId != "dev.cartd">
${jar.artifactId}-${jar.version}.jar: ${entry.getValue()?join(" or ")} (${jar.url!"no page"})
</#if>
</#list>
